"""Findings as JUnit XML, for the test page of a build: a suite a rule, a case a resource."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shopfast_obs.model.findings import Clear, Finding, NotEnoughData
from shopfast_obs.model.review import Review

# What XML 1.0 cannot hold; a log line may.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

NOT_READ = "not-read"  # the suite of the gaps


def junit(review: Review) -> str:
    """The document: new findings fail; what is known, suppressed, undecided or not read is skipped with its reason."""
    cases = [*_findings(review), *_others(review), *_gaps(review)]
    root = Element("testsuites", {"name": "shopfast-obs diagnose", **_counts(cases)})
    for rule in sorted({rule for rule, _ in cases}):
        own = [case for of_rule, case in cases if of_rule == rule]
        suite = SubElement(root, "testsuite", {"name": rule, **_counts((rule, case) for case in own)})
        suite.extend(own)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _findings(review: Review) -> Iterable[tuple[str, Element]]:
    for found in review.shown:
        case = _case(found.rule, found.resource, found.resource_type, found)
        failure = SubElement(case, "failure", message=_text(found.title), type=found.severity.name.lower())
        failure.text = _text("\n".join(_details(found)))
        yield found.rule, case
    left_alone = [(found, "it is in the baseline") for found in review.known]
    left_alone += [(found, "it is below the level") for found in review.below]
    left_alone += [(item.finding, f"suppressed: {item.reason}") for item in review.suppressed]
    for found, reason in left_alone:
        case = _case(found.rule, found.resource, found.resource_type, found)
        SubElement(case, "skipped", message=_text(f"{found.title} ({reason})"))
        yield found.rule, case


def _others(review: Review) -> Iterable[tuple[str, Element]]:
    for outcome in review.diagnosis.outcomes:
        if isinstance(outcome, NotEnoughData):
            case = _case(outcome.rule, outcome.resource, outcome.rule)
            SubElement(case, "skipped", message=_text(f"not enough data: {outcome.reason}"))
            yield outcome.rule, case
        elif isinstance(outcome, Clear):
            yield outcome.rule, _case(outcome.rule, outcome.resource, outcome.rule)


def _gaps(review: Review) -> Iterable[tuple[str, Element]]:
    for gap in review.diagnosis.gaps:
        case = _case(NOT_READ, gap.what, NOT_READ)
        SubElement(case, "skipped", message=_text(f"could not be read: {gap.reason}"))
        yield NOT_READ, case


def _details(found: Finding) -> Iterable[str]:
    for item in found.evidence:
        yield f"{item.source}: {item.summary}" + (f" ({item.locator})" if item.locator else "")
    if found.misleads:
        yield f"misleads: {found.misleads}"
    yield f"remedy: {found.remedy.summary}"
    if found.remedy.command:
        yield f"$ {found.remedy.command}"


def _case(rule: str, resource: str, kind: str, found: Finding | None = None) -> Element:
    place = found.location if found else None
    where = {"file": _text(place.file), "line": str(place.line)} if place else {}
    region = f" ({found.region})" if found and found.region else ""
    name = {"name": _text(f"{rule}: {resource}{region}"), "classname": _text(kind), "time": "0"}
    return Element("testcase", name | where)


def _counts(cases: Iterable[tuple[str, Element]]) -> dict[str, str]:
    listed = [case for _, case in cases]
    failed = sum(case.find("failure") is not None for case in listed)
    skipped = sum(case.find("skipped") is not None for case in listed)
    return {"tests": str(len(listed)), "failures": str(failed), "errors": "0", "skipped": str(skipped)}


def _text(text: str) -> str:
    return _NOT_XML.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
