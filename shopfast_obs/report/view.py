"""What every report is made of: sections with a sentence or a table. Formats know only this."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from shopfast_obs.model.records import record
from shopfast_obs.report.text import shortened

HIDDEN = -1  # a width: the column is only where there is room
NARROW = 80  # columns of a text report, where nobody says how many there are
EDGES, BETWEEN = 2, 3  # blanks around a table, and between its columns
LEAST = 8  # characters of a column that shares the room with others
INDENT, LINES = "  ", 4  # before the second line of a cell, and how many it may have
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
    shown = _shown(kept, width)
    hidden = any(place not in shown for place, _ in enumerate(section.widths))
    columns = [_fitted([row[place] for row in kept.rows], size) for place, size in shown.items()]
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


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    """The cells on lines of this width (0: any); those that are too long for their lines are shortened to these."""
    if not width:
        return list(cells)
    whole = {cell: lines for cell in cells if len(lines := _folded(cell, width)) <= LINES}
    cut = iter(apart([cell for cell in cells if cell not in whole], width + (LINES - 1) * (width - len(INDENT))))
    return ["\n".join(whole.get(cell) or _folded(next(cut), width, words=False)) for cell in cells]


def _folded(text: str, width: int, *, words: bool = True) -> list[str]:
    """The text on lines of this width, with the ends of words at theirs where a line is a third full so; the
    later ones begin further right than the first."""
    lines, start = list[str](), ""
    later = " " * min(len(text) - len(text.lstrip()), width // 2) + INDENT
    while len(start) + len(text) > width:
        room = width - len(start)
        ends = (at for at in range(room, room // 3, -1) if words and not text[at - 1].isalnum())
        place = next(ends, room)
        lines.append(f"{start}{text[:place].rstrip()}")
        start, text = later, text[place:].lstrip()
    return [*lines, f"{start}{text}"]


def apart(texts: Sequence[str], width: int) -> list[str]:
    """The texts in at most so many characters, so that different ones look different: what the long ones have in common
    at their beginning goes first, then their middle; where that is not enough a text stays as it is."""
    known = list(dict.fromkeys(texts))
    long = [text for text in known if len(text) > width]
    cut = _common(long)
    tries = (
        {text: shortened(text, width) for text in long},
        {text: shortened(f"…{text[cut:]}", width) for text in long},
        {text: f"…{text[len(text) - width + 1 :]}" for text in long},
    )
    order = tries if cut < LEAST else (tries[1], tries[0], tries[2])
    short = set(known) - set(long)
    chosen = next((one for one in order if len({*one.values()} - short) == len(long)), {})
    return [chosen.get(text, text) for text in texts]


def _common(texts: Sequence[str]) -> int:
    """How long the beginning is that several texts have in common, up to the end of a word in it."""
    if len(texts) < 2:
        return 0
    same = takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False))
    return max((place for place, signs in enumerate(same, 1) if not signs[0].isalnum()), default=0)
