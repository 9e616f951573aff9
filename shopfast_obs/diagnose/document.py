"""A diagnosis as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from shopfast_obs.model.findings import Clear, Diagnosis, Finding, NotEnoughData
from shopfast_obs.model.telemetry import TimeRange


def document(diagnosis: Diagnosis, shown: Sequence[Finding]) -> dict[str, Any]:
    """The document: the findings shown, what could not be decided and why, how much was clear, and the gaps."""
    return {
        "source": diagnosis.source,
        "window": _window(diagnosis.window),
        "findings": [finding(found) for found in shown],
        "not_shown": len(diagnosis.findings) - len(shown),
        "not_enough_data": [asdict(o) for o in diagnosis.outcomes if isinstance(o, NotEnoughData)],
        "clear": sum(isinstance(o, Clear) for o in diagnosis.outcomes),
        "gaps": [{"what": gap.what, "reason": gap.reason} for gap in diagnosis.gaps],
    }


def finding(found: Finding) -> dict[str, Any]:
    """One finding with its evidence and remedy."""
    return {
        "rule": found.rule,
        "severity": found.severity.name.lower(),
        "confidence": found.confidence,
        "resource_type": found.resource_type,
        "resource": found.resource,
        "title": found.title,
        "harm": found.harm,
        "evidence": [
            {
                "source": item.source,
                "summary": item.summary,
                "locator": item.locator,
                "numbers": dict(item.numbers),
                "window": _window(item.window),
            }
            for item in found.evidence
        ],
        "misleads": found.misleads,
        "remedy": {
            "summary": found.remedy.summary,
            "command": found.remedy.command,
            "changes": [asdict(change) for change in found.remedy.changes],
        },
        "runbook": found.runbook,
    }


def _window(window: TimeRange | None) -> dict[str, float] | None:
    return None if window is None else {"start": window.start, "end": window.end}
