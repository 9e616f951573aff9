"""The queries that find failing lines and the requests that they are of, in the language of Logs Insights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shopfast_obs.cloud.telemetry.insights import EVENT, LONGEST, NEWEST, TOGETHER
from shopfast_obs.model.records import record
from shopfast_obs.parse.logs import failure_signs

SLOT = 2.0  # seconds; the report of an invocation that an exception ended comes within
DYING = 20  # slots before the end of a process in which it may have said why
PREFIX = 6  # hexadecimal digits of a request id: a line of another request that has the same does no harm
EXPRESSION = 4000  # characters of a regular expression
TAIL, GROUP = 8, 40  # last characters of the name of a stream and of a group that tell it from others
ROOM = 600  # characters of a query beside what it looks for


@record
class Lookup:
    """One query for lines of requests, and the groups that it is asked of."""

    groups: tuple[str, ...]
    text: str


@record
class Nameless:
    """A failing line that names no request: where it is, and when."""

    group: str
    stream: str
    timestamp: float


def failing() -> str:
    """All lines that may tell of a failure."""
    said = [_like(sign) for sign in failure_signs.SIGNS]
    text = " and ".join(_like(part) for part in failure_signs.TEXT_STATUS)
    json = " and ".join(_like(part) for part in failure_signs.JSON_STATUS)
    success = f"@message not like '{failure_signs.SUCCESS}'"
    told = " or ".join((*said, f"({text})", f"({json} and {success})", _like(failure_signs.FAULT)))
    return f"{EVENT} | filter {told} | {NEWEST}"


def holding(text: str) -> str:
    """All lines with a text."""
    return f"{EVENT} | filter @message like {_quoted(text)} | {NEWEST}"


def reports_after(lines: Iterable[Nameless], start: float) -> Iterator[Lookup]:
    """The beginnings and reports that come in the same stream within the seconds after each line; `start` is where
    slots begin."""
    platform = _either((*failure_signs.BEGINNINGS, *failure_signs.REPORTS))
    return _near(lines, start, (0, 1), f" | filter {platform}")


def lines_before(lines: Iterable[Nameless], start: float) -> Iterator[Lookup]:
    """All that the same stream says within the seconds before each line."""
    return _near(lines, start, range(-DYING, 1), "")


def _near(lines: Iterable[Nameless], start: float, around: Sequence[int], wanted: str) -> Iterator[Lookup]:
    slots: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for line in lines:
        slot = int((line.timestamp - start) // SLOT)
        slots[line.group, line.stream[-TAIL:]].update(slot + place for place in around)
    milliseconds = int(start * 1000)
    head = f"{EVENT}, floor((tomillis(@timestamp) - {milliseconds}) / {int(SLOT * 1000)}) as slot{wanted} | filter "
    clauses = [
        (group, f"({_stream(tail)} and slot in [{', '.join(map(str, part))}])")
        for (group, tail), found in sorted(slots.items())
        for part in _parts(sorted(found), 500)
    ]
    for chunk in _chunks(clauses, LONGEST - ROOM, len(" or "), GROUP + len(" or (@log like '' and ())")):
        of_group: defaultdict[str, list[str]] = defaultdict(list)
        for group, clause in chunk:
            of_group[group].append(clause)
        told = (f"(@log like {_quoted(group[-GROUP:])} and ({' or '.join(some)}))" for group, some in of_group.items())
        yield Lookup(tuple(of_group), f"{head}{' or '.join(told)} | {NEWEST}")


def of_requests(ids: Mapping[str, Iterable[str]]) -> Iterator[Lookup]:
    """The beginnings and the reports of the requests, by the group that they are in."""
    prefixes = [(group, id_[:PREFIX]) for group in sorted(ids) for id_ in sorted(ids[group])]
    for chunk in _chunks(prefixes, LONGEST - ROOM, 1, 0):
        groups = tuple(dict.fromkeys(group for group, _ in chunk))
        words = sorted({word for _, word in chunk})
        expressions = [alternatives(part) for part in _parts(words, EXPRESSION // (PREFIX + 1))]
        named = " or ".join(f'@message like /[Rr]equestId"?: ?"?{one}/' for one in expressions)
        platform = _either((*failure_signs.BEGINNINGS, *failure_signs.REPORTS))
        yield Lookup(groups, f"{EVENT} | filter {platform} | filter {named} | {NEWEST}")


def alternatives(words: Sequence[str]) -> str:
    """An expression that matches any of the words, of one length and sorted, which looks at each character once."""
    if len(words) == 1:
        return words[0]
    branches: dict[str, list[str]] = {}
    for word in words:
        branches.setdefault(word[0], []).append(word[1:])
    found = [first + (alternatives(rest) if rest[0] else "") for first, rest in branches.items()]
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


def _like(text: str) -> str:
    return f"@message like '{text}'"


def _either(texts: Iterable[str]) -> str:
    return f"({' or '.join(map(_like, texts))})"


def _stream(tail: str) -> str:
    return f"@logStream like {_quoted(tail)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _parts(items: Sequence, size: int) -> Iterator[Sequence]:  # type: ignore[type-arg]
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _chunks(items: Iterable[tuple[str, str]], room: int, each: int, first: int) -> Iterator[list[tuple[str, str]]]:
    """The (group, text) pairs in runs whose texts have room in one query: so many characters are between them, and so
    many more before the first of a group."""
    chunk: list[tuple[str, str]] = []
    groups: set[str] = set()
    used = 0
    for group, text in items:
        size = len(text) + each + (0 if group in groups else first)
        if chunk and (used + size > room or len(groups | {group}) > TOGETHER):
            yield chunk
            chunk, groups, used = [], set(), 0
            size = len(text) + each + first
        chunk.append((group, text))
        groups.add(group)
        used += size
    if chunk:
        yield chunk
