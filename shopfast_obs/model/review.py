"""What a diagnosis comes to: which findings are new, known, or suppressed, and whether the command fails."""

from __future__ import annotations

import hashlib
from typing import Protocol

from shopfast_obs.model.findings import Diagnosis, Finding, Severity
from shopfast_obs.model.records import record


class RuleText(Protocol):
    """What a reader of findings is told about a rule."""

    @property
    def id(self) -> str:
        """Its stable name."""
        ...

    @property
    def title(self) -> str:
        """What it finds."""
        ...

    @property
    def severity(self) -> Severity:
        """How bad it usually is."""
        ...

    @property
    def types(self) -> tuple[str, ...]:
        """The resources that it looks at."""
        ...

    @property
    def why(self) -> str:
        """Why it matters."""
        ...

    @property
    def remedy(self) -> str:
        """What helps."""
        ...

    @property
    def limits(self) -> str:
        """What it cannot see."""
        ...


@record
class Suppressed:
    """A finding that somebody decided to live with, and why."""

    finding: Finding
    reason: str
    until: str = ""


@record
class Review:
    """The findings of a diagnosis, sorted by what is to be done about them. `shown` are the new ones at or above the
    level, worst first, `below` the new ones under it, `known` those of the baseline."""

    diagnosis: Diagnosis
    shown: tuple[Finding, ...]
    below: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    unused: tuple[str, ...] = ()  # suppressions that no finding needs
    failing: bool = False


def fingerprint(finding: Finding) -> str:
    """What makes a finding the same one in another run: its rule and its resource, whatever the numbers."""
    parts = (finding.rule, finding.resource_type, finding.resource, finding.region)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
