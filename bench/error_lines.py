"""Grouping of errors: lines a second beside decoding alone, the labelled set, and drain3 where it is installed."""

from __future__ import annotations

import importlib
import importlib.util
import json
import random
from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench._best import interleaved
from shopfast_obs.analysis.errors.groups import error_groups
from shopfast_obs.analysis.logs.templates import TemplateBuilder
from shopfast_obs.analysis.text.message_normalisation import parameterised
from shopfast_obs.cli.inputs.saved_traces import few_collections
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.report.error_view import error_view

LABELLED = Path(__file__).parents[1] / "tests" / "recorded" / "errors" / "labelled.jsonl"
COUNT = 100_000


def main() -> None:
    figures()
    specimens = [json.loads(line) for line in LABELLED.read_text().splitlines()]
    say_grouping("labelled messages", specimens, [_fingerprint(one) for one in specimens])
    if importlib.util.find_spec("drain3"):
        lines = [event.message for event in error_lines(COUNT)]
        importlib.import_module("bench._drain").compare(specimens, lines, say_grouping)


def figures() -> None:
    """Lines a second of errors alone and of the mix of a log, in groups and templates, beside decoding alone."""
    for name, lines in (("error lines", error_lines(COUNT)), ("mixed lines", mixed_lines(COUNT))):
        with few_collections():
            decoding, grouping = interleaved(lambda: decoded(lines), lambda: grouped(lines))  # noqa: B023
        speed = f"{COUNT / grouping:9,.0f} lines/s"
        print(f"{name:26} {speed}   {grouping / decoding:.1f} x decoding alone (orjson: {COUNT / decoding:,.0f})")


def grouped(lines: list[LogEvent]) -> None:
    """What `report errors` does with them."""
    parameterised.cache_clear()  # else the second run would find every message of the first
    error_view(lines, (), templates=TemplateBuilder())


def decoded(lines: list[LogEvent]) -> None:
    for line in lines:
        if line.message.startswith("{"):
            orjson.loads(line.message)


def error_lines(count: int) -> list[LogEvent]:
    """Errors only: JSON lines of Powertools with a traceback, each with ids of its own."""
    dice = random.Random(7)
    return [LogEvent(float(n), failed(dice, request_id(dice), n), "/aws/lambda/orders", "s") for n in range(count)]


def mixed_lines(count: int) -> list[LogEvent]:
    """What functions write: START, two lines of INFO, an error in every fifth request, END, REPORT."""
    dice = random.Random(8)
    lines: list[str] = []
    while len(lines) < count:
        request = request_id(dice)
        lines += (f"START RequestId: {request} Version: $LATEST", informed(dice, request), informed(dice, request))
        if dice.random() < 0.2:
            lines.append(failed(dice, request, len(lines)))
        took = dice.uniform(5, 900)
        lines += (
            f"END RequestId: {request}",
            f"REPORT RequestId: {request}\tDuration: {took:.2f} ms\tBilled Duration: {took + 1:.0f} ms\t"
            f"Memory Size: 512 MB\tMax Memory Used: {dice.randrange(80, 200)} MB\t\n"
            f"XRAY TraceId: 1-{dice.getrandbits(32):08x}-{dice.getrandbits(96):024x}\tSegmentId: "
            f"{dice.getrandbits(64):016x}\tSampled: true\t",
        )
    return [LogEvent(n / 100, line, "/aws/lambda/orders", "s") for n, line in enumerate(lines[:count])]


def request_id(dice: random.Random) -> str:
    return f"{dice.getrandbits(32):08x}-1234-4697-b07a-{dice.getrandbits(48):012x}"


def failed(dice: random.Random, request: str, number: int) -> str:
    """The line of an error, one of forty by its place."""
    kind = number % 40
    message = f"cannot reserve {dice.getrandbits(24)} for order {request} in step {'abcdefgh'[kind % 8]}"
    record = {
        "level": "ERROR", "location": f"handle:{kind}", "message": "request failed", "service": "orders",
        "function_request_id": request, "exception_name": "ReservationError",
        "exception": f'Traceback (most recent call last):\n  File "/var/task/app.py", line {kind}, in step_{kind}\n'
        f"    reserve()\nReservationError: {message}",
    }  # fmt: skip
    return orjson.dumps(record).decode()


def informed(dice: random.Random, request: str) -> str:
    """A line of INFO, one of ten by its words."""
    kind = ("paid", "packed", "shipped", "reserved", "read", "found", "asked", "written", "sent", "closed")
    record = {
        "level": "INFO", "location": "handle:12", "service": "orders", "function_request_id": request,
        "message": f"order ord-{dice.getrandbits(32):08x} {dice.choice(kind)} in {dice.randrange(900)} ms",
        "timestamp": datetime.fromtimestamp(dice.randrange(10**9), UTC).isoformat(), "cold_start": False,
    }  # fmt: skip
    return orjson.dumps(record).decode()


def _fingerprint(one: dict[str, str]) -> str:
    told = Failure("exception", one["type"], one["message"], 0.0, "web", "logs")
    return error_groups([told])[0].fingerprint


def say_grouping(name: str, specimens: list[dict[str, str]], groups: Iterable[Hashable]) -> None:
    """How many errors are in several groups, and how many groups hold several errors."""
    of_error, of_group = defaultdict(set), defaultdict(set)
    for one, group in zip(specimens, groups, strict=True):
        of_error[one["error"]].add(group)
        of_group[group].add(one["error"])
    split = sum(len(found) > 1 for found in of_error.values())
    merged = sum(len(found) > 1 for found in of_group.values())
    print(f"{name:26} {len(specimens)} of {len(of_error)} errors: {split} split, {merged} groups with several")


if __name__ == "__main__":
    main()
