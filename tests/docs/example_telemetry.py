"""Logs and traces of an example, as Lambda and X-Ray give them, from the short form that its page shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import yaml

from docs.generators.rule_examples import Parts, repetitions
from shopfast_obs.model.telemetry import LogEvent, Trace
from shopfast_obs.parse.traces import xray
from tests.diagnose.builders import START, request_id

STEP = 0.01  # seconds from line to line
_BLANK = re.compile(
    r"<(?:(?P<id>id)(?: \d)?|(?P<first>\d+) to (?P<last>\d+)|(?P<length>[\d,]+) characters|(?P<word>\w+))>"
)
_CONTINUES = re.compile(r"\s|Traceback |XRAY TraceId|Runtime\.ExitError")  # a line of the event before


def logs(groups: Mapping[str, Parts]) -> dict[str, list[LogEvent]]:
    """The events of each group; INIT_START begins the stream of a new environment."""
    found: dict[str, list[LogEvent]] = {}
    moments = (START + 1 + number * STEP for number in count())
    for group, parts in groups.items():
        stream = 0
        for number, text in enumerate(_repeated(parts), 1):
            for message in _messages(text.replace("<trace>", _trace_id(number))):
                stream += message.startswith("INIT_START")
                name = f"2027/01/15/[$LATEST]{stream:032x}"
                found.setdefault(group, []).append(LogEvent(next(moments), message, group, name))
    return found


def traces(parts: Parts) -> list[Trace]:
    """A trace for each text, an X-Ray document for each entry of it."""
    return [
        _trace(_trace_id(number), yaml.load(text, yaml.CSafeLoader)) for number, text in enumerate(_repeated(parts), 1)
    ]


def _repeated(parts: Parts) -> Iterator[str]:
    requests = (request_id(number) for number in count(1))
    for times, text in repetitions(parts):
        for turn in range(times):
            yield _filled(text, turn / max(times - 1, 1), requests)


def _filled(text: str, place: float, requests: Iterator[str]) -> str:
    """The text with its blanks filled: a request id for each `<id>`, a number as far along as the repetition is."""
    ids: dict[str, str] = {}

    def fill(blank: re.Match[str]) -> str:
        if blank["id"]:
            if blank[0] not in ids:
                ids[blank[0]] = next(requests)
            return ids[blank[0]]
        if blank["first"]:
            first, last = int(blank["first"]), int(blank["last"])
            return str(round(first + (last - first) * place))
        if blank["length"]:
            return "x" * int(blank["length"].replace(",", ""))
        known = {"time": "2027-01-15T08:00:01.000Z", "now": str(int(START + 1) * 1000), "segment": "0" * 16}
        return known.get(blank["word"], blank[0])

    return _BLANK.sub(fill, text)


def _messages(text: str) -> list[str]:
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        if found and _CONTINUES.match(line):
            found[-1] += line
        else:
            found.append(line)
    return found


def _trace_id(number: int) -> str:
    return f"1-{int(START):08x}-{number:024x}"


def _trace(trace_id: str, documents: Sequence[dict[str, Any]]) -> Trace:
    numbers = count(1)
    whole = [{**_whole(document, numbers), "trace_id": trace_id} for document in documents]
    return xray.trace({"Id": trace_id, "Segments": [{"Document": json.dumps(document)} for document in whole]})


def _whole(part: dict[str, Any], numbers: Iterator[int]) -> dict[str, Any]:
    """The document with an id for each part, and its seconds on the clock."""
    moments = {key: START + 1 + part[key] for key in ("start_time", "end_time") if key in part}
    inner = [_whole(child, numbers) for child in part.get("subsegments", ())]
    return {"id": f"{next(numbers):016x}", **part, **moments, **({"subsegments": inner} if inner else {})}
