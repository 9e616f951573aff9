"""What a rule concludes: found, clear, or not enough data, always with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum
from typing import Any, Literal

from shopfast_obs.model.bounds import Text
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Gap, Location
from shopfast_obs.model.telemetry import TimeRange


class Severity(IntEnum):
    """How much harm is done, ordered: a larger value is worse."""

    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5


@record
class Evidence:
    """One observation that a finding stands on: where it comes from, where to look it up, and its numbers."""

    source: Literal["configuration", "logs", "metrics", "traces", "alarms", "source code"]
    summary: Text
    locator: str = ""  # log stream and request id, trace id, metric and dimensions, template path, file and line
    numbers: Mapping[str, float | int | str] = field(default_factory=dict)
    window: TimeRange | None = None
    traces: tuple[str, ...] = ()  # ids of traces that show it


@record
class PropertyChange:
    """A property that a remedy wants changed, in CloudFormation's names (`Timeout`, `TracingConfig.Mode`)."""

    type: str
    resource: str
    property: str
    before: Any
    after: Any
    reason: str = ""


@record
class Remedy:
    """What to do, by which command; `changes` are the property changes that `fix` can make by itself, `prediction` is
    what they bring, where that can be known."""

    summary: str
    command: str = ""
    changes: tuple[PropertyChange, ...] = ()
    prediction: Prediction | None = None


@record
class Finding:
    """Something is wrong with one resource, proven by its evidence. `title` is one sentence with the numbers in it."""

    rule: str
    severity: Severity
    resource_type: str
    resource: str
    title: str
    evidence: tuple[Evidence, ...]
    remedy: Remedy
    confidence: Literal["certain", "likely", "possible"] = "certain"
    misleads: str = ""  # what a reader looks at first, and why it is not the cause
    runbook: str = ""
    harm: float = 0.0  # requests affected in the window; orders findings of one severity
    usd_a_month: float = 0.0  # money that is spent in vain; orders findings of one severity and harm
    location: Location | None = None  # in the template
    region: str = ""  # where several were looked at


@record
class Clear:
    """The rule looked at the resource and found nothing of its kind."""

    rule: str
    resource: str
    reason: str


@record
class NotEnoughData:
    """The rule applies to the resource but what was observed cannot decide it."""

    rule: str
    resource: str
    reason: str


Outcome = Finding | Clear | NotEnoughData


@record
class Diagnosis:
    """The outcomes of all rules over one inventory and window, findings worst first; `resources` is their number."""

    source: str
    window: TimeRange | None
    outcomes: tuple[Outcome, ...]
    gaps: tuple[Gap, ...] = ()
    resources: int = 0

    @property
    def nothing_read(self) -> bool:
        """True when there was something to read, and none of it could be read."""
        return bool(self.gaps) and not self.resources

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, worst first."""
        found = [outcome for outcome in self.outcomes if isinstance(outcome, Finding)]
        return tuple(sorted(found, key=lambda f: (-f.severity, -f.harm, -f.usd_a_month, f.rule, f.resource)))
