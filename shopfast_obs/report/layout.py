"""How text fits a width: names folded, without the beginning that they have in common, and never two that look alike;
sentences wrapped; what has lines of its own, such as a traceback, on these."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from shopfast_obs.report.text import shortened

LEAST = 8  # characters of a column that shares the room with others
INDENT, LINES = "  ", 4  # before the second line of a name, and how many it may have
WIDEST = 120  # columns of a sentence: longer lines are hard to read
ELLIPSIS = "…"
SHORTEST = 6  # characters of a beginning that is worth a legend
_WORD = re.compile(r"(?<!\S)[\w/…]\S*")  # what may be a name
_END = re.compile(r"[-_/:.]+")  # where a beginning may end


def paragraph(text: str, width: int) -> list[str]:
    """The text on lines of this width. What has lines of its own keeps them, those after the first indented."""
    first, *rest = text.split("\n")
    # A name is not broken at its hyphens.
    lines = textwrap.wrap(first, min(width, WIDEST), subsequent_indent=INDENT, break_on_hyphens=False) or [""]
    for line in rest:
        margin = INDENT * 2 + line[: len(line) - len(line.lstrip())]
        inner = textwrap.wrap(
            line.strip(), max(width - len(margin), 2 * LEAST), break_on_hyphens=False, subsequent_indent=INDENT
        )
        lines += [f"{margin}{part}" for part in inner]
    return lines


def common_beginning(texts: Iterable[str]) -> str:
    """The beginning of several words of the texts, up to a sign such as a hyphen, that saves most where it is left out;
    empty where none is worth it."""
    words = dict.fromkeys(word for text in texts for word in _WORD.findall(text))
    if any(word.startswith(ELLIPSIS) for word in words):
        return ""  # a word without its beginning would look like this one
    found = Counter(word[: end.end()] for word in words for end in _END.finditer(word))
    shared = [(count * (len(start) - 1), start) for start, count in found.items() if count > 1]
    saved, start = max(shared, default=(0, ""))
    return start if saved and len(start) >= SHORTEST else ""


def without(text: str, beginning: str) -> str:
    """The text with `…` where a word has this beginning."""
    if not beginning or beginning not in text:
        return text
    return _WORD.sub(lambda word: _cut(word[0], beginning), text)


def _cut(word: str, beginning: str) -> str:
    return ELLIPSIS + word.removeprefix(beginning) if word.startswith(beginning) else word


def legend(beginning: str) -> str:
    """What stands in a text whose names are shown without it."""
    return f"{ELLIPSIS} at the beginning of a name is {beginning}"


def fitted(cells: Sequence[str], width: int) -> list[str]:
    """The cells on lines of this width (0: any); those that are too long for their lines are shortened to these.
    Different ones stay different."""
    if not width:
        return list(cells)
    whole = {cell: lines for cell in cells if len(lines := folded(cell, width)) <= LINES}
    cut = iter(apart([cell for cell in cells if cell not in whole], width + (LINES - 1) * (width - len(INDENT))))
    found = ["\n".join(whole.get(cell) or folded(next(cut), width, words=False)) for cell in cells]
    if len(set(found)) < len(set(cells)):  # they differ in what was cut, or in blanks at the end of a line
        return ["\n".join(folded(cell, width, words=False)) for cell in cells]
    return found


def folded(text: str, width: int, *, words: bool = True) -> list[str]:
    """The text on lines of this width, with the ends of words at theirs where a line is a third full so; the later ones
    begin further right than the first."""
    lines, start = list[str](), ""
    later = " " * min(len(text) - len(text.lstrip()), width // 2) + INDENT
    while len(start) + len(text) > width:
        room = width - len(start)
        ends = (at for at in range(room, room // 3, -1) if words and _ends(text, at))
        place = next(ends, room)
        line, text = text[:place], text[place:]
        lines.append(f"{start}{line.rstrip() if words else line}")
        start, text = later, text.lstrip() if words else text
    return [*lines, f"{start}{text}"]


def _ends(text: str, at: int) -> bool:
    """True where a line may end: behind a sign, but not behind a bracket that opens."""
    return not text[at - 1].isalnum() and text[at - 1] not in "([{"


def apart(texts: Sequence[str], width: int) -> list[str]:
    """The texts in at most so many characters, so that different ones look different: what the long ones have in common
    at their beginning goes first, then their middle; where that is not enough a text stays as it is."""
    known = list(dict.fromkeys(texts))
    long = [text for text in known if len(text) > width]
    cut = _common(long)
    tries = (
        {text: shortened(text, width) for text in long},
        {text: shortened(f"{ELLIPSIS}{text[cut:]}", width) for text in long},
        {text: f"{ELLIPSIS}{text[len(text) - width + 1 :]}" for text in long},
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
