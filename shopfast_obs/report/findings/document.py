"""A diagnosis as one JSON document: the types say what is in it, and `report schema` prints that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypedDict

from shopfast_obs.model.bounds import Count, Text
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, PropertyChange, Severity
from shopfast_obs.model.resources import Location
from shopfast_obs.model.review import Review, fingerprint
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.report.json import document as plain
from shopfast_obs.report.json import headed

_SEVERITIES = {"enum": [severity.name.lower() for severity in Severity]}


class RemedyEntry(TypedDict):
    """What to do, by which command, and the property changes that `fix` can make by itself."""

    summary: Text
    command: str
    changes: list[PropertyChange]


class FindingEntry(TypedDict):
    """Something is wrong with one resource, proven by its evidence."""

    rule: str
    fingerprint: Annotated[str, {"pattern": "^[0-9a-f]{32}$"}, "The same in every run for one rule and resource."]
    severity: Annotated[str, _SEVERITIES]
    confidence: Literal["certain", "likely", "possible"]
    resource_type: Annotated[str, "A CloudFormation type."]
    resource: Annotated[str, "Its physical name, or its logical id where it has none."]
    region: Annotated[str, "Where several regions were looked at."]
    location: Location | None
    title: Text
    harm: Annotated[float, {"minimum": 0}, "Requests affected in the window."]
    usd_a_month: Annotated[float, "Money that is spent in vain."]
    evidence: Annotated[list[Evidence], {"minItems": 1}]
    misleads: Annotated[str, "What a reader looks at first, and why it is not the cause."]
    remedy: RemedyEntry
    runbook: str


class SuppressedEntry(TypedDict):
    """A finding that somebody decided to live with, and why."""

    finding: FindingEntry
    reason: Text
    until: Annotated[str | None, "The last day on which the suppression counts."]


class GapEntry(TypedDict):
    """Something that could not be read, and why."""

    what: str
    reason: str


class DiagnosisDocument(TypedDict):
    """The document without its format and version."""

    source: Annotated[str, "The templates, or the cloud and its regions."]
    window: Annotated[TimeRange | None, "What was observed; null for templates."]
    findings: Annotated[list[FindingEntry], "New findings at or above --level, worst first."]
    not_shown: Annotated[Count, "How many new findings are below --level."]
    known: Annotated[list[FindingEntry], "Findings of the baseline."]
    suppressed: Annotated[list[SuppressedEntry], "Findings that somebody decided to live with."]
    unused_suppressions: Annotated[list[str], "Suppressions that no finding needs."]
    not_enough_data: Annotated[list[NotEnoughData], "Checks that what was observed cannot decide."]
    clear: Annotated[Count, "How many checks found nothing."]
    gaps: Annotated[list[GapEntry], "What could not be read."]
    api_calls: Annotated[
        Mapping[str, Annotated[int, {"minimum": 1}]],
        "How often which IAM action was used (lambda:ListFunctions); empty without a cloud.",
    ]
    failing: Annotated[bool, "True when the exit code is 1."]


def document(review: Review, calls: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The document: the new findings, those that are known or suppressed, what could not be decided and why, how much
    was clear, and the gaps. `calls` are the API calls that it took."""
    diagnosis = review.diagnosis
    body: DiagnosisDocument = {
        "source": diagnosis.source,
        "window": diagnosis.window,
        "findings": [finding(found) for found in review.shown],
        "not_shown": len(review.below),
        "known": [finding(found) for found in review.known],
        "suppressed": [
            {"finding": finding(item.finding), "reason": item.reason, "until": item.until or None}
            for item in review.suppressed
        ],
        "unused_suppressions": list(review.unused),
        "not_enough_data": [outcome for outcome in diagnosis.outcomes if isinstance(outcome, NotEnoughData)],
        "clear": sum(isinstance(outcome, Clear) for outcome in diagnosis.outcomes),
        "gaps": [{"what": gap.what, "reason": gap.reason} for gap in diagnosis.gaps],
        "api_calls": dict(sorted((calls or {}).items())),
        "failing": review.failing,
    }
    return headed("diagnosis", plain(body))


def finding(found: Finding) -> FindingEntry:
    """One finding with its evidence and remedy."""
    return {
        "rule": found.rule,
        "fingerprint": fingerprint(found),
        "severity": found.severity.name.lower(),
        "confidence": found.confidence,
        "resource_type": found.resource_type,
        "resource": found.resource,
        "region": found.region,
        "location": found.location,
        "title": found.title,
        "harm": found.harm,
        "usd_a_month": found.usd_a_month,
        "evidence": list(found.evidence),
        "misleads": found.misleads,
        "remedy": {
            "summary": found.remedy.summary,
            "command": found.remedy.command,
            "changes": list(found.remedy.changes),
        },
        "runbook": found.runbook,
    }


def reasons(diagnosis_outcomes: Sequence[object]) -> dict[str, dict[str, int]]:
    """Why what could not be decided, and how often for which resource."""
    found: dict[str, dict[str, int]] = {}
    for outcome in diagnosis_outcomes:
        if isinstance(outcome, NotEnoughData):
            of_reason = found.setdefault(outcome.reason, {})
            of_reason[outcome.resource] = of_reason.get(outcome.resource, 0) + 1
    return found
