"""What a rule is: a verdict on one resource, and the texts of its page in the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar, Literal

from shopfast_obs.analysis.sizing.recommendation import percent
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.failures import FailureKind
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.references import readable
from shopfast_obs.model.resources import Resource

Need = Literal["configuration", "logs", "metrics", "traces", "alarms", "source code"]
Confidence = Literal["certain", "likely", "possible"]
Reason = Callable[[Resource, Context], str]  # in words; empty when there is none


@record
class Found:
    """Something is wrong. What is not said here is what the rule says of all its findings: its severity (one step lower
    where it is `rare`), the summary of its remedy, what misleads."""

    title: str
    evidence: Sequence[Evidence]
    remedy: Remedy | None = None
    severity: Severity | None = None
    rare: bool = False
    confidence: Confidence = "certain"
    misleads: str = ""
    harm: float = 0.0
    usd_a_month: float = 0.0


@record
class Passed:
    """The rule looked and found nothing of its kind, for this reason."""

    reason: str


@record
class Undecided:
    """What was observed cannot decide it, for this reason."""

    reason: str


Judgement = Found | Passed | Undecided


class Kind:
    """What rules that differ in data alone have in common (`kinds/`): it judges as a function does, and says of them
    what a rule leaves to its kind."""

    __slots__ = ()
    needs: ClassVar[tuple[Need, ...]]
    remedy: ClassVar[str] = ""
    misleads: ClassVar[str] = ""
    runbook: ClassVar[str] = ""

    def __call__(self, resource: Resource, context: Context) -> Judgement:
        """The verdict on one resource."""
        raise NotImplementedError

    @property
    def when(self) -> str:
        """It finds something."""
        return ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The metrics that it reads."""
        return ()

    @property
    def cause(self) -> str:
        """A pattern of the lines that name what it finds."""
        return ""


LEFT_TO_KINDS = ("needs", "when", "remedy", "misleads", "runbook", "measures", "cause")


def always(_: Resource, __: Context) -> str:
    """No reason: the rule is about every resource of its types, and each has the data for it."""
    return ""


@record
class Rule:
    """One thing that can be wrong. `judge` gives the verdict on one resource; its docstring (or `when`) and the texts
    are the rule's page in the reference. What a rule of a kind does not say, its kind says."""

    id: str
    title: str
    severity: Severity
    types: tuple[str, ...]
    judge: Callable[[Resource, Context], Judgement]
    needs: tuple[Need, ...] = ()
    why: str = ""
    remedy: str = ""
    limits: str = ""
    when: str = ""  # it finds something
    misleads: str = ""  # what a reader looks at first, and why it is not the cause
    runbook: str = ""  # the name of a file in the project's runbooks, without .md
    measures: tuple[Measure, ...] = ()  # the metrics that it reads
    cause: str = ""  # a pattern of the lines that name what it finds as the cause of an invocation's failure
    explains: tuple[FailureKind, ...] = ()  # the kinds of failures that it finds, whatever their lines say
    facts: tuple[str, ...] = ()  # the ids of the facts with a date (shopfast_obs/facts) that it relies on
    helpers: bool = False  # also for the functions that deployment tools bring with them
    spared: Reason = always  # why a resource of its types is none of its business
    lacking: Reason = always  # why there is nothing to judge a resource by

    def __post_init__(self) -> None:
        if isinstance(self.judge, Kind):
            for name in LEFT_TO_KINDS:
                object.__setattr__(self, name, getattr(self, name) or getattr(self.judge, name))

    def applies(self, resource: Resource) -> bool:
        """True when the rule has something to say about resources of this kind."""
        return resource.type in self.types and (self.helpers or not is_deployment_helper(resource))

    def check(self, resource: Resource, context: Context) -> Outcome:
        """Found, clear, or not enough data, for one resource."""
        reason = self.spared(resource, context)
        if reason:
            return Clear(self.id, resource.name, readable(reason))
        missing = self.lacking(resource, context)
        verdict = Undecided(missing) if missing else self.judge(resource, context)
        if isinstance(verdict, Undecided):
            return self.undecided(resource, verdict.reason)
        if isinstance(verdict, Passed):
            return Clear(self.id, resource.name, readable(verdict.reason))
        return self._finding(resource, verdict)

    def undecided(self, resource: Resource, reason: str) -> NotEnoughData:
        """What was observed cannot decide it."""
        return NotEnoughData(self.id, resource.name, readable(reason))

    def _finding(self, resource: Resource, found: Found) -> Finding:
        severity = Severity(max(Severity.LOW, self.severity - 1)) if found.rare else self.severity
        return Finding(
            rule=self.id,
            severity=severity if found.severity is None else found.severity,
            resource_type=resource.type,
            resource=resource.name,
            title=readable(found.title),
            evidence=tuple(_readable(item) for item in found.evidence),
            remedy=self._remedy(found.remedy or Remedy("")),
            confidence=found.confidence,
            misleads=found.misleads or self.misleads,
            runbook=self.runbook,
            harm=found.harm,
            usd_a_month=found.usd_a_month,
        )

    def _remedy(self, said: Remedy) -> Remedy:
        summary = readable(said.summary or self.remedy.replace("`", ""))
        return said if summary == said.summary else replace(said, summary=summary)


def _readable(item: Evidence) -> Evidence:
    """The evidence without the stacks of references."""
    if "${" not in item.summary + item.locator:
        return item
    return replace(item, summary=readable(item.summary), locator=readable(item.locator))


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
