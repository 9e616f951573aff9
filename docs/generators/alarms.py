"""The kinds of alarm, each with its runbook's first lines; from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.generators.markdown import WRITTEN, code, plain, table, tree
from shopfast_obs.alarms.catalogue import kinds
from shopfast_obs.workshop.files import read

RUNBOOKS = Path(__file__).parents[2] / "runbooks"


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/alarms.md", "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    severity = {book.id: book.severity for book in read(RUNBOOKS)[1]}
    yield from ("# Alarms", "", WRITTEN, "")
    yield from (
        "The kinds that `shopfast-obs alarms plan` derives. Metrics and thresholds are in [the guide](../guides/alarms.md#the-kinds).",
        "",
    )
    rows = (
        (
            f"[{kind.id}](../../runbooks/{kind.id}.md)",
            plain(kind.title),
            code(kind.resource_type),
            severity[kind.id],
            plain(kind.first),
        )
        for kind in kinds()
    )
    yield from table(("kind, runbook", "fires when", "watches", "severity", "what to do first"), rows)
    yield ""
    yield from tree(("/runbooks/README", *(f"/runbooks/{kind.id}" for kind in kinds())))
