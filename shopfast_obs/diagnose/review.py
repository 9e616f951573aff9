"""Which of a diagnosis's findings are new, known, suppressed, or too small to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from fnmatch import fnmatchcase

from shopfast_obs.errors import UserError
from shopfast_obs.model.findings import Diagnosis, Finding, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import SUPPRESSION, Resource
from shopfast_obs.model.review import Review, Suppressed, fingerprint

FORMAT = "shopfast-obs baseline"
VERSION = 1


@record
class Terms:
    """What a run asks for: the least severity to show, the least to fail for, and what was known before."""

    level: Severity = Severity.LOW
    fail_on: Severity | None = None  # None: whatever is shown
    baseline: Mapping[str, int] = field(default_factory=dict)  # how many findings have this fingerprint


def review(diagnosis: Diagnosis, suppressions: Iterable[Resource], terms: Terms) -> Review:
    """The findings under these terms. A suppression counts when it has a reason and has not expired."""
    valid = [s for s in suppressions if s.type == SUPPRESSION and counts(s)]
    used: set[str] = set()
    left = Counter(terms.baseline)
    suppressed, known, new = [], [], []
    for found in diagnosis.findings:
        by = next((s for s in valid if _covers(s, found)), None)
        key = fingerprint(found)
        if by is not None:
            used.add(by.name)
            suppressed.append(Suppressed(found, str(by.properties["Reason"]), str(by.properties.get("Until", ""))))
        elif left[key] > 0:
            left[key] -= 1
            known.append(found)
        else:
            new.append(found)
    least = terms.level if terms.fail_on is None else terms.fail_on
    return Review(
        diagnosis,
        tuple(found for found in new if found.severity >= terms.level),
        tuple(found for found in new if found.severity < terms.level),
        tuple(known),
        tuple(suppressed),
        tuple(s.name for s in valid if s.name not in used),
        any(found.severity >= least for found in new),
    )


def counts(suppression: Resource) -> bool:
    """True when a suppression has a reason and has not expired."""
    said = suppression.properties
    return bool(str(said.get("Reason") or "").strip()) and not said.get("Expired")


def _covers(suppression: Resource, found: Finding) -> bool:
    said = suppression.properties
    return fnmatchcase(found.rule, str(said.get("Rule"))) and fnmatchcase(
        found.resource, str(said.get("Resource", "*"))
    )


def baseline(review: Review) -> dict[str, object]:
    """The document that makes all findings of a review known ones; suppressed ones need no second excuse."""
    findings = (*review.shown, *review.below, *review.known)
    entries = sorted(
        ({"fingerprint": fingerprint(f), "rule": f.rule, "resource": f.resource} for f in findings),
        key=lambda entry: (entry["rule"], entry["resource"], entry["fingerprint"]),
    )
    return {"format": FORMAT, "version": VERSION, "findings": entries}


def read_baseline(document: object, source: str) -> Counter[str]:
    """How many findings have which fingerprint; raises UserError for a document that is no baseline."""
    hint = f"Make it anew: shopfast-obs diagnose ... --baseline {source} --write-baseline"
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise UserError(f"{source} is no baseline.", hint)
    if document.get("version") != VERSION:
        raise UserError(f"{source} is a baseline of version {document.get('version')}, not {VERSION}.", hint)
    entries = document.get("findings")
    try:
        return Counter(str(entry["fingerprint"]) for entry in entries)  # type: ignore[union-attr]
    except (TypeError, KeyError):
        raise UserError(f"{source} is a baseline without fingerprints.", hint) from None
