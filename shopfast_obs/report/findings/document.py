"""A diagnosis as one JSON document; `diagnosis.schema.json` beside this file says what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shopfast_obs.model.findings import Clear, Finding, NotEnoughData
from shopfast_obs.model.review import Review, Suppressed, fingerprint
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.report.json import document as plain

FORMAT = "shopfast-obs diagnosis"
VERSION = 1
SCHEMA = Path(__file__).with_name("diagnosis.schema.json")


def document(review: Review, calls: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The document: the new findings, those that are known or suppressed, what could not be decided and why, how much
    was clear, and the gaps. `calls` are the API calls that it took."""
    diagnosis = review.diagnosis
    return {
        "format": FORMAT,
        "version": VERSION,
        "source": diagnosis.source,
        "window": _window(diagnosis.window),
        "findings": [finding(found) for found in review.shown],
        "not_shown": len(review.below),
        "known": [finding(found) for found in review.known],
        "suppressed": [_suppressed(item) for item in review.suppressed],
        "unused_suppressions": list(review.unused),
        "not_enough_data": [
            {"rule": o.rule, "resource": o.resource, "reason": o.reason}
            for o in diagnosis.outcomes
            if isinstance(o, NotEnoughData)
        ],
        "clear": sum(isinstance(o, Clear) for o in diagnosis.outcomes),
        "gaps": [{"what": gap.what, "reason": gap.reason} for gap in diagnosis.gaps],
        "api_calls": dict(sorted((calls or {}).items())),
        "failing": review.failing,
    }


def finding(found: Finding) -> dict[str, Any]:
    """One finding with its evidence and remedy."""
    place = found.location
    return {
        "rule": found.rule,
        "fingerprint": fingerprint(found),
        "severity": found.severity.name.lower(),
        "confidence": found.confidence,
        "resource_type": found.resource_type,
        "resource": found.resource,
        "region": found.region,
        "location": {"file": place.file, "line": place.line} if place else None,
        "title": found.title,
        "harm": found.harm,
        "usd_a_month": found.usd_a_month,
        "evidence": [_evidence(item) for item in found.evidence],
        "misleads": found.misleads,
        "remedy": {
            "summary": found.remedy.summary,
            "command": found.remedy.command,
            "changes": [plain(change) for change in found.remedy.changes],
        },
        "runbook": found.runbook,
    }


def _evidence(item: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "source": item.source,
        "summary": item.summary,
        "locator": item.locator,
        "numbers": plain(item.numbers),
        "window": _window(item.window),
        "traces": list(item.traces),
    }


def _suppressed(item: Suppressed) -> dict[str, Any]:
    return {"finding": finding(item.finding), "reason": item.reason, "until": item.until or None}


def _window(window: TimeRange | None) -> dict[str, float] | None:
    return None if window is None else {"start": window.start, "end": window.end}


def reasons(diagnosis_outcomes: Sequence[object]) -> dict[str, dict[str, int]]:
    """Why what could not be decided, and how often for which resource."""
    found: dict[str, dict[str, int]] = {}
    for outcome in diagnosis_outcomes:
        if isinstance(outcome, NotEnoughData):
            of_reason = found.setdefault(outcome.reason, {})
            of_reason[outcome.resource] = of_reason.get(outcome.resource, 0) + 1
    return found
