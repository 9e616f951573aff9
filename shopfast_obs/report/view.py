"""What every report is made of: sections with a sentence or a table. Formats know only this."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shopfast_obs.report.text import shortened

NARROW = 80  # columns of a terminal of which nothing else is known
BETWEEN = 3  # of them between two columns of a table
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


def narrow(section: Section, width: int = NARROW) -> Section:
    """The section for so many columns: cells are shortened where there is no room for them, the rest of the rows is
    counted."""
    kept = limited(section)
    if not section.widths:
        return kept
    needed = [max(map(len, column)) for column in zip(kept.columns, *kept.rows, strict=True)]
    if sum(needed) + BETWEEN * len(needed) <= width:
        return kept
    shown = [place for place, most in enumerate(section.widths) if most != HIDDEN]
    widths = _widths([needed[place] for place in shown], [section.widths[place] for place in shown], width)
    return replace(
        kept,
        lines=(*kept.lines, *section.instead),
        columns=tuple(kept.columns[place] for place in shown),
        rows=tuple(
            tuple(shortened(row[place], most) for place, most in zip(shown, widths, strict=True)) for row in kept.rows
        ),
    )


def _widths(needed: Sequence[int], most: Sequence[int], width: int) -> list[int]:
    """How many characters each column gets: what it may have at least, and what is left over, to each as it needs."""
    found = [min(need, cap) if cap else need for need, cap in zip(needed, most, strict=True)]
    left = width - sum(found) - BETWEEN * len(found)
    while left > 0 and found != list(needed):
        for place, need in enumerate(needed):
            if found[place] < need and left > 0:
                found[place] += 1
                left -= 1
    return found


def limited(section: Section) -> Section:
    """The section with its first rows; how many more there are is its last line."""
    more = len(section.rows) - section.limit
    if not section.limit or more <= 0:
        return section
    told = f"{more} more {'row is' if more == 1 else 'rows are'} in --format json and html."
    return replace(section, rows=section.rows[: section.limit], lines=(*section.lines, told))
