"""What a rule is: a check of one resource, and the texts of its page in the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from shopfast_obs.analysis.sizing.recommendation import percent
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.measures import Measure
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.references import readable
from shopfast_obs.model.resources import Resource

Need = Literal["configuration", "logs", "metrics", "traces", "alarms", "source code"]
Check = Callable[[Resource, Context], Outcome]


@record
class Rule:
    """One thing that can be wrong. `check` gives found, clear or not enough data for one resource; its docstring and
    the texts are the rule's page in the reference."""

    id: str
    title: str
    severity: Severity
    types: tuple[str, ...]
    needs: tuple[Need, ...]
    why: str
    remedy: str
    limits: str
    check: Check
    misleads: str = ""  # what a reader looks at first, and why it is not the cause
    runbook: str = ""  # the name of a file in the project's runbooks, without .md
    measures: tuple[Measure, ...] = ()  # the metrics that it reads
    cause: str = ""  # a pattern of the lines that name what it finds as the cause of an invocation's failure
    facts: tuple[str, ...] = ()  # the ids of the facts with a date (shopfast_obs/facts) that it relies on
    helpers: bool = False  # also for the functions that deployment tools bring with them

    def applies(self, resource: Resource) -> bool:
        """True when the rule has something to say about resources of this kind."""
        return resource.type in self.types and (self.helpers or not is_deployment_helper(resource))

    def clear(self, resource: Resource, reason: str) -> Clear:
        """The rule looked and found nothing of its kind."""
        return Clear(self.id, resource.name, readable(reason))

    def unknown(self, resource: Resource, reason: str) -> NotEnoughData:
        """What was observed cannot decide it."""
        return NotEnoughData(self.id, resource.name, readable(reason))

    def found(
        self,
        resource: Resource,
        title: str,
        evidence: Sequence[Evidence],
        remedy: Remedy | None = None,
        *,
        severity: Severity | None = None,
        confidence: Literal["certain", "likely", "possible"] = "certain",
        misleads: str = "",
        harm: float = 0.0,
        usd_a_month: float = 0.0,
    ) -> Finding:
        """The finding; what is not said for this resource is what the rule says of all."""
        return Finding(
            rule=self.id,
            severity=self.severity if severity is None else severity,
            resource_type=resource.type,
            resource=resource.name,
            title=readable(title),
            evidence=tuple(_readable(item) for item in evidence),
            remedy=_readable_remedy(remedy or Remedy(self.remedy.replace("`", ""))),
            confidence=confidence,
            misleads=misleads or self.misleads,
            runbook=self.runbook,
            harm=harm,
            usd_a_month=usd_a_month,
        )


def _readable(item: Evidence) -> Evidence:
    """The evidence without the stacks of references."""
    if "${" not in item.summary + item.locator:
        return item
    return replace(item, summary=readable(item.summary), locator=readable(item.locator))


def _readable_remedy(remedy: Remedy) -> Remedy:
    return replace(remedy, summary=readable(remedy.summary)) if "${" in remedy.summary else remedy


# Functions that CDK and friends put into a stack to do their own work at deployment.
_HELPERS = (
    "CustomResourceProvider",
    "CustomCDK",
    "LogRetention",
    "AWS679f53fac002430cb0da5b7982bd2287",
    "framework-on",
    "CustomDashresource",  # osls, for buckets and pools that exist already, and for access logs
    "IamRoleCustomResources",
)


def is_deployment_helper(resource: Resource) -> bool:
    """True for a function (or its log group) that a deployment tool added for itself."""
    return _helps(resource.logical_id, resource.name)


@lru_cache(maxsize=65_536)  # each of a hundred rules asks for each resource
def _helps(logical_id: str, name: str) -> bool:
    return any(mark in logical_id or mark in name for mark in _HELPERS)


def share_of(count: float, total: float) -> str:
    """The share of `count` in `total` as `41 %`."""
    return percent(count / total if total else 0.0)


def plural(count: int, noun: str) -> str:
    """`1 invocation`, `2 invocations`, `2 retries`."""
    if count == 1:
        return f"1 {noun}"
    if noun.endswith(("ry", "ss", "ch")):
        return f"{count:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{count:,} {noun}es"
    return f"{count:,} {noun}s"
