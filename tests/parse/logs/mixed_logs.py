"""Logs as they come, made at random: streams in turn, requests that fail in every way, lines of any bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime

FORMS = ("tail", "sam", "short", "records", "raw")
_TRACEBACK = (
    "Traceback (most recent call last):\n  File \"/var/task/app.py\", line {}, in handle\n    run()\nKeyError: '{}'"
)


def log(
    dice: random.Random,
    form: str,
    requests: int,
    *,
    end: str = "\n",
    streams: int = 3,
    order: bool = True,
    again: float = 0.1,
) -> bytes:
    """A file in this form; `order` is False where lines of a stream stand before older ones, `again` how
    many requests are tried twice."""
    turns = [_stream(dice, requests // streams + 1, again) for _ in range(streams)]
    moment, lines = 1772445600.0, []
    while turns:
        turn = dice.choice(turns)
        said = next(turn, None)
        if said is None:
            turns.remove(turn)
            continue
        moment += dice.choice((0, 0.001, 0.02, 3))
        lines.append(_stamped(form, moment, *said).replace(b"\n", end.encode()))
    if not order:
        for _ in range(3):
            one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
            lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def request_id(dice: random.Random) -> str:
    """As Lambda makes them."""
    return f"{dice.getrandbits(32):08x}-1234-4697-b07a-{dice.getrandbits(48):012x}"


def _stamped(form: str, moment: float, stream: str, said: bytes) -> bytes:
    stamp = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").encode()
    if form == "tail":
        return stamp + b" " + stream.encode() + b" " + said + b"\n"
    if form == "sam":
        return stream.encode() + b" " + stamp + b" " + said + b"\n"
    if form == "short":
        return stamp + b" " + said + b"\n"
    if form == "records":
        value = json.loads(said) if said.startswith(b"{") else {"message": said.decode("utf-8", "replace")}
        return json.dumps({"timestamp": stamp.decode(), "level": "INFO", **value}, ensure_ascii=False).encode() + b"\n"
    return said + b"\n"


def _stream(dice: random.Random, requests: int, tried_again: float) -> Iterator[tuple[str, bytes]]:
    name = f"2026/03/02/[$LATEST]{dice.getrandbits(128):032x}"
    again = ""
    for number in range(requests):
        request = again or request_id(dice)
        again = request if dice.random() < tried_again else ""  # Lambda tries it once more
        for said in _request(dice, request, number):
            yield name, said
    if dice.random() < 0.5:  # the file ends within a request
        yield name, f"START RequestId: {request_id(dice)} Version: $LATEST".encode()
        yield name, b"and then"


def _request(dice: random.Random, request: str, number: int) -> Iterator[bytes]:
    if number % 7 == 3:
        yield b"INIT_START Runtime Version: python:3.12.v5\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:1"
    yield f"START RequestId: {request} Version: $LATEST".encode()
    for _ in range(dice.randrange(4)):
        yield _said(dice, request)
    fate = dice.choice(("", "", "", "timeout", "killed", "raised", "raised json", "told by the report"))
    if fate == "raised":
        yield f"[ERROR] KeyError: '{number}'\n{_TRACEBACK.format(number % 3, number)}".encode()
    if fate == "raised json":
        record = {"errorType": "ValueError", "errorMessage": f"bad {number}", "requestId": request, "stackTrace": []}
        yield json.dumps(record).encode()
    if fate == "killed":
        yield f"RequestId: {request} Error: Runtime exited with error: signal: killed\nRuntime.ExitError".encode()
    yield f"END RequestId: {request}".encode()
    trace = f"\t\nXRAY TraceId: 1-{number:08x}-{dice.getrandbits(96):024x}\tSegmentId: 1" if number % 2 else "\t"
    status = {"timeout": "\tStatus: timeout", "told by the report": "\tStatus: error\tError Type: Runtime.Bad"}
    yield (
        f"REPORT RequestId: {request}\tDuration: {dice.uniform(1, 900):.2f} ms\tBilled Duration: 9 ms\t"
        f"Memory Size: 128 MB\tMax Memory Used: {dice.choice((90, 128))} MB{status.get(fate, '')}{trace}"
    ).encode()
    if fate == "timeout":
        yield f"2026-03-02T10:00:00.000Z {request} Task timed out after 3.00 seconds".encode()
    if dice.random() < 0.1:
        yield f"between requests, with RequestId: {request}".encode()


def _said(dice: random.Random, request: str) -> bytes:
    kind = dice.randrange(9)
    if kind == 0:
        return f"order-{dice.randrange(40)} is read".encode()
    if kind == 1:
        return json.dumps({"level": "INFO", "message": f"order {dice.randrange(99)}", "order": {"id": 7}}).encode()
    if kind == 2:
        level = dice.choice(("ERROR", "WARNING", "CRITICAL", "INFO"))
        value = {"level": level, "message": f"cannot pay order-{dice.randrange(40)}", "function_request_id": request}
        return json.dumps(value).encode()
    if kind == 3:
        return f"first line of order-{dice.randrange(9)}\n  second line\n\n  third {dice.random()}".encode()
    if kind == 4:
        return b"broken \xff\xfe bytes of \xc3 order-3"
    if kind == 5:
        return f"[ERROR]\t2026-03-02T10:00:00.000Z\t{request}\tnot good: {dice.randrange(500)} ms".encode()
    if kind == 6 and dice.random() < 0.1:
        return b"x" * 20_000 + b" order-5"
    if kind == 7:
        return f"called RequestId: {request_id(dice)} with status {dice.choice((200, 404, 503))}".encode()
    return '{"level": "INFO", "message": "ein Gerät für €", "order_id": "order-1"}'.encode()
