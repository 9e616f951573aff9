"""Findings as Markdown, for a comment at a pull request. Text from telemetry cannot become markup."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.model.findings import Finding, NotEnoughData, Severity
from shopfast_obs.model.review import Review
from shopfast_obs.report.markdown import escaped

LONGEST = 60_000  # characters; a comment takes 65,536
MARKS = {
    Severity.CRITICAL: "🔴 critical",
    Severity.HIGH: "🟠 high",
    Severity.MEDIUM: "🟡 medium",
    Severity.LOW: "🔵 low",
    Severity.INFO: "⚪ info",
}


def markdown(review: Review) -> str:
    """A table of the new findings, worst first, then each with its evidence and remedy as far as a comment holds them,
    ending with a new line."""
    parts = ["## shopfast-obs diagnose", escaped(_summary(review))]
    if review.shown:
        rows = ["| severity | finding | where |", "|---|---|---|", *map(_row, review.shown)]
        parts.append("\n".join(_cut(rows, LONGEST // 2)))
    parts += _cut([_details(found) for found in review.shown], LONGEST // 2 - 2_000)
    if review.diagnosis.gaps:
        gaps = (f"- {escaped(gap.what)}: {escaped(gap.reason)}" for gap in review.diagnosis.gaps)
        parts.append("**Could not be read**\n\n" + "\n".join(_cut(list(gaps), 1_500)))
    return "\n\n".join(parts) + "\n"


def _summary(review: Review) -> str:
    counts = [(level, sum(found.severity is level for found in review.shown)) for level in reversed(Severity)]
    new = ", ".join(f"{count} {level.name.lower()}" for level, count in counts if count) or (
        "nothing could be read" if review.diagnosis.nothing_read else "nothing new"
    )
    others = {
        "below the level": len(review.below),
        "in the baseline": len(review.known),
        "suppressed": len(review.suppressed),
        "without enough data": sum(isinstance(o, NotEnoughData) for o in review.diagnosis.outcomes),
    }
    said = ", ".join(f"{count} {name}" for name, count in others.items() if count)
    return f"{new}{f' ({said})' if said else ''}. {review.diagnosis.source}"


def _row(found: Finding) -> str:
    place = found.location
    where = f"{place.file}:{place.line}" if place else " ".join(filter(None, (found.region, found.resource)))
    return f"| {MARKS[found.severity]} | {escaped(found.title)} | {escaped(where)} |"


def _details(found: Finding) -> str:
    return "\n".join(_lines(found))


def _lines(found: Finding) -> Iterator[str]:
    yield f"<details><summary>{escaped(found.rule)}: {escaped(found.resource)}</summary>\n"
    for item in found.evidence:
        place = f" ({escaped(item.locator)})" if item.locator else ""
        yield f"- {item.source}: {escaped(item.summary)}{place}"
    if found.misleads:
        yield f"- misleads: {escaped(found.misleads)}"
    yield f"- **remedy**: {escaped(found.remedy.summary)}"
    if found.remedy.command:
        yield f"- run: {escaped(found.remedy.command)}"
    yield "\n</details>"


def _cut(lines: list[str], most: int) -> list[str]:
    """As many lines as have room, and how many more there are."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        most -= len(line) + 1
        if most < 0:
            return [*kept, f"\n… and {len(lines) - number} more: `shopfast-obs diagnose`"]
        kept.append(line)
    return kept
