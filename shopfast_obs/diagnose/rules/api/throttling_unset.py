"""APIs that let everything in."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import is_open
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import HTTP_STAGE, REST_STAGE, Resource


def judge(stage: Resource, context: Context) -> Judgement:
    """Found when the stage sets no throttling of its own, so that the account's limit is the only one."""
    said = stage.properties.get("MethodSettings") or []
    route = stage.properties.get("DefaultRouteSettings") or {}
    if is_open(said) or is_open(route):
        return Undecided("its throttling is left to a parameter")
    settings = [*(said if isinstance(said, list) else []), route]
    limits = [s["ThrottlingRateLimit"] for s in settings if isinstance(s, dict) and s.get("ThrottlingRateLimit")]
    if limits:
        return Passed(f"it throttles at {limits[0]} requests a second")
    return Found(
        f"API stage {stage.name} has no throttling of its own: one caller can use up what the account's APIs share",
        [configured("no ThrottlingRateLimit", "MethodSettings", account_rate=10_000)],
        Remedy("ThrottlingRateLimit and ThrottlingBurstLimit a few times the peak."),
    )


RULE = Rule(
    id="api-throttling-unset",
    title="The API stage has no throttling of its own",
    severity=Severity.INFO,
    types=(REST_STAGE, HTTP_STAGE),
    needs=("configuration",),
    why="The account's 10,000 requests a second are shared by all its APIs in the region.",
    remedy="A rate and a burst limit.",
    limits="Usage plans and a firewall in front are not seen.",
    judge=judge,
    misleads="The functions' concurrency limits it somehow, at the cost of other functions.",
)
