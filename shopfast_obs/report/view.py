"""What every report is made of: sections with a sentence or a table. Formats know only this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from shopfast_obs.model.records import record
from shopfast_obs.report.layout import LEAST, common_beginning, fitted, legend, without

HIDDEN = -1  # a width: the column is only where there is room
NARROW = 80  # columns of a text report, where nobody says how many there are
EDGES, BETWEEN = 2, 3  # blanks around a table, and between its columns
_NO_WORD = re.compile(r"[^a-z0-9]+")


@record
class Section:
    """A heading, lines of text, and a table; each may be empty. Where there is little room, columns with a
    positive width share what is left (0: as wide as its text, HIDDEN: left out), the first `limit` rows are shown (0:
    all), and `instead` says what stands in columns that were left out."""

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


@record
class Report:
    """One report for a reader."""

    title: str
    sections: tuple[Section, ...]


def narrow(section: Section, width: int = NARROW) -> Section:
    """The section for so many columns: cells that are too long folded, the rest of the rows counted, and columns left
    out that have no room."""
    kept = limited(section)
    if not section.widths:
        return kept
    if _too_wide(kept, width):
        kept = _abbreviated(kept)
    shown = _shown(kept, width)
    hidden = any(place not in shown for place, _ in enumerate(section.widths))
    columns = [fitted([row[place] for row in kept.rows], size) for place, size in shown.items()]
    return replace(
        kept,
        lines=(*kept.lines, *section.instead) if hidden else kept.lines,
        columns=tuple(kept.columns[place] for place in shown),
        rows=tuple(zip(*columns, strict=True)),
    )


def limited(section: Section) -> Section:
    """The section with its first rows; how many more there are is its last line."""
    more = len(section.rows) - section.limit
    if not section.limit or more <= 0:
        return section
    told = f"{more} more {'row is' if more == 1 else 'rows are'} in --wide, --format json and html."
    return replace(section, rows=section.rows[: section.limit], lines=(*section.lines, told))


def _too_wide(section: Section, width: int) -> bool:
    """True where a cell has to be folded."""
    shown = _shown(section, width)
    return any(size and any(len(row[place]) > size for row in section.rows) for place, size in shown.items())


def _abbreviated(section: Section) -> Section:
    """The section without the beginning that names in its wide columns have in common, and a line that says which."""
    wide = [place for place, size in enumerate(section.widths) if size > 0]
    beginning = common_beginning(row[place] for row in section.rows for place in wide)
    if not beginning:
        return section
    rows = tuple(
        tuple(without(cell, beginning) if place in wide else cell for place, cell in enumerate(row))
        for row in section.rows
    )
    return replace(section, rows=rows, lines=(f"{legend(beginning)}.", *section.lines))


def _shown(section: Section, width: int) -> dict[int, int]:
    """The columns that have room, with how wide each may be (0: as wide as it is). Those that a narrow format hides are
    shown where everything fits with them."""
    natural = [
        max(map(len, (name, *(row[place] for row in section.rows)))) for place, name in enumerate(section.columns)
    ]
    places = list(range(len(natural)))
    if sum(natural) + EDGES + BETWEEN * (len(natural) - 1) <= width:
        return dict.fromkeys(places, 0)
    places = [place for place in places if section.widths[place] != HIDDEN]
    room = width - EDGES - BETWEEN * (len(places) - 1) - sum(natural[p] for p in places if not section.widths[p])
    shares = _shared(room, {place: natural[place] for place in places if section.widths[place]})
    return {place: shares.get(place, 0) for place in places}


def _shared(room: int, wanted: Mapping[int, int]) -> dict[int, int]:
    """The room for several columns: short ones are as wide as they are, long ones share the rest."""
    shares: dict[int, int] = {}
    for place in sorted(wanted, key=lambda one: wanted[one]):
        fair = max(LEAST, room // (len(wanted) - len(shares)))
        shares[place] = min(wanted[place], fair)
        room -= shares[place]
    return shares
