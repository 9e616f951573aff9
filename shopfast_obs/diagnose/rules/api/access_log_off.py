"""APIs that keep no record of who asked what."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at, is_open
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import HTTP_STAGE, REST_STAGE, Resource


def judge(stage: Resource, context: Context) -> Judgement:
    """Found when the stage has no access log, or one that is no JSON."""
    name = "AccessLogSetting" if "AccessLogSetting" in stage.properties else "AccessLogSettings"
    if is_open(stage.properties.get(name)):
        return Undecided("its access log is left to a parameter")
    form = at(stage, f"{name}.Format")
    if at(stage, f"{name}.DestinationArn"):
        if not isinstance(form, str) or form.lstrip().startswith("{"):
            return Passed("it writes an access log")
        what = "has an access log that is no JSON: it cannot be queried by field"
    else:
        what = "has no access log: nobody can look up what callers asked and got"
    return Found(
        f"API stage {stage.name} {what}",
        [configured(f"it {what}", "AccessLogSetting", format=str(form or "none"))],
        Remedy("An access log as JSON, with request id, status, latency, integration status and trace id."),
    )


RULE = Rule(
    id="api-access-log-off",
    title="The API stage writes no access log",
    severity=Severity.INFO,
    types=(REST_STAGE, HTTP_STAGE),
    needs=("configuration",),
    why="A request that never reached the function has no other line anywhere.",
    remedy="An access log as JSON.",
    limits="Execution logs of REST APIs are not asked for: they are for debugging.",
    judge=judge,
    misleads="The function's log has every request that reached it, and looks complete.",
)
