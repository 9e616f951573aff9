"""What every report is made of: sections with a sentence or a table. Formats know only this."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from shopfast_obs.report.text import shortened

HIDDEN = -1  # a width: the column is only for formats that have room
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, lines of text, and a table; each may be empty. A narrow format gives column i at most `widths[i]`
    characters (0: as many as it needs, HIDDEN: none), shows the first `limit` rows (0: all), and says `instead` what
    stands in hidden columns."""

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    limit: int = 0
    instead: tuple[str, ...] = ()
    note: str = ""  # what a reader needs to know to read the table

    @property
    def key(self) -> str:
        """The title as the name of a place in a document: `service-map`."""
        return _NO_WORD.sub("-", self.title.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Report:
    """One report for a reader."""

    title: str
    sections: tuple[Section, ...]


def narrow(section: Section) -> Section:
    """The section for 80 columns: long cells shortened, the rest of the rows counted."""
    kept = limited(section)
    if not section.widths:
        return kept
    shown = [(place, width) for place, width in enumerate(section.widths) if width != HIDDEN]
    return replace(
        kept,
        lines=(*kept.lines, *section.instead),
        columns=tuple(kept.columns[place] for place, _ in shown),
        rows=tuple(tuple(_cell(row[place], width) for place, width in shown) for row in kept.rows),
    )


def limited(section: Section) -> Section:
    """The section with its first rows; how many more there are is its last line."""
    more = len(section.rows) - section.limit
    if not section.limit or more <= 0:
        return section
    told = f"{more} more {'row is' if more == 1 else 'rows are'} in --format json and html."
    return replace(section, rows=section.rows[: section.limit], lines=(*section.lines, told))


def _cell(text: str, width: int) -> str:
    return shortened(text, width) if width else text
