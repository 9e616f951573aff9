"""Findings as SARIF 2.1.0, for code scanning: what stands in a template at its line, what is deployed by its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

from shopfast_obs import __version__
from shopfast_obs.model.findings import Evidence, Finding, Severity
from shopfast_obs.model.review import Review, RuleText, fingerprint

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
PRECISION = {"certain": "very-high", "likely": "high", "possible": "medium"}
RANK = {Severity.CRITICAL: 95.0, Severity.HIGH: 75.0, Severity.MEDIUM: 50.0, Severity.LOW: 25.0, Severity.INFO: 5.0}


def sarif(review: Review, rules: Sequence[RuleText]) -> dict[str, Any]:
    """The log: new findings, and those that are known or suppressed marked as such. Only rules with a result are
    described."""
    found = [(item, "new", None) for item in review.shown]
    found += [(item, "unchanged", None) for item in review.known]
    suppressed = [(item.finding, "unchanged", _suppression(item.reason)) for item in review.suppressed]
    results = [*found, *suppressed]
    used = {item.rule for item, _, _ in results}
    described = [rule for rule in rules if rule.id in used]
    places = {rule.id: number for number, rule in enumerate(described)}
    driver = {
        "name": "shopfast-obs",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in described],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "invocations": [
            {
                "executionSuccessful": not review.diagnosis.nothing_read,
                "toolExecutionNotifications": list(_notes(review)),
            }
        ],
        "results": [_result(item, state, mark, places) for item, state, mark in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: RuleText) -> dict[str, Any]:
    marked = f"{rule.why}\n\n**Remedy.** {rule.remedy}\n\n**Known limits.** {rule.limits}"
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": marked.replace("**", ""), "markdown": marked},
        "defaultConfiguration": {"level": LEVELS[rule.severity], "rank": RANK[rule.severity]},
        "properties": {"tags": ["observability", *rule.types], "problem.severity": LEVELS[rule.severity]},
    }


def _result(found: Finding, state: str, suppression: dict[str, Any] | None, places: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "level": LEVELS[found.severity],
        "rank": RANK[found.severity],
        "message": {"text": _message(found)},
        "locations": [_location(found)],
        "partialFingerprints": {"shopfastObs/v1": fingerprint(found)},
        "baselineState": state,
        "properties": {
            "severity": found.severity.name.lower(),
            "precision": PRECISION[found.confidence],
            "harm": found.harm,
            "evidence": [_evidence(item) for item in found.evidence],
        },
    }
    if found.rule in places:
        result["ruleIndex"] = places[found.rule]
    if suppression is not None:
        result["suppressions"] = [suppression]
    return result


def _message(found: Finding) -> str:
    parts = [f"{found.title}."]
    parts += [f"Misleading: {found.misleads}"] if found.misleads else []
    parts.append(f"Remedy: {found.remedy.summary}")
    return " ".join(parts)


def _location(found: Finding) -> dict[str, Any]:
    name = f"{found.region}/{found.resource}" if found.region else found.resource
    logical = {"name": found.resource, "fullyQualifiedName": f"{found.resource_type}/{name}", "kind": "resource"}
    location: dict[str, Any] = {"logicalLocations": [logical]}
    if found.location is not None:
        artifact = _artifact(found.location.file)
        location["physicalLocation"] = {"artifactLocation": artifact, "region": {"startLine": found.location.line}}
    return location


def _artifact(file: str) -> dict[str, str]:
    """The file as a URI, relative to where the command ran; code scanning takes that for the repository's root."""
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": Path("/", path).as_uri().removeprefix("file:///"), "uriBaseId": "%SRCROOT%"}


def _evidence(item: Evidence) -> str:
    return f"{item.source}: {item.summary}" + (f" ({item.locator})" if item.locator else "")


def _suppression(reason: str) -> dict[str, Any]:
    return {"kind": "external", "status": "accepted", "justification": reason}


def _notes(review: Review) -> Iterator[dict[str, Any]]:
    for gap in review.diagnosis.gaps:
        yield {"level": "warning", "message": {"text": f"could not be read: {gap.what}: {gap.reason}"}}
