"""Parts of a log around hits give what reading all of it gives."""

import io
import random

import pytest

from shopfast_obs.parse.logs import log_files
from shopfast_obs.parse.logs.correlation import Line, Wanted, related, requests_of
from shopfast_obs.parse.logs.excerpts import Excerpts, UnclearError, is_clear
from tests.parse.logs.mixed_logs import FORMS, log, request_id


def by_parts(content: bytes, wanted: Wanted, context: int, block: int) -> tuple[Line, ...]:
    """As `logs` does it."""
    parts = Excerpts("/aws/lambda/web", io.BytesIO(content), block)
    for text in (*wanted.texts, *([wanted.value] if wanted.field else [])):
        parts.keep(text.encode(), context)
    for request in requests_of(parts.events(), wanted):
        parts.keep(request.encode())
    return related(parts.events(), wanted, context)


def by_all(content: bytes, wanted: Wanted, context: int) -> tuple[Line, ...]:
    """As it is said: every line is read."""
    return related(log_files.events("/aws/lambda/web", content), wanted, context)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("form", FORMS[:4])
@pytest.mark.parametrize("seed", range(3))
def test_the_parts_hold_what_belongs_together(form: str, seed: int, end: str) -> None:
    """By request, by text in many requests, by field, with context, whatever the border of the blocks cuts."""
    dice = random.Random(seed)
    content = log(dice, form, 30, end=end)
    known = [word for word in content.decode("utf-8", "replace").split() if word.count("-1234-4697-") == 1]
    searches = [
        Wanted((dice.choice(known)[:36],)), Wanted(("order-3",)), Wanted((request_id(dice),)), Wanted(("€",)),
        Wanted(field="order.id", value="7"), Wanted(field="level", value="CRITICAL"), Wanted(("third 0.1",)),
    ]  # fmt: skip
    clear = 0
    for wanted in searches:
        for context in (0, 2):
            expected = by_all(content, wanted, context)
            try:
                found = by_parts(content, wanted, context, dice.choice((97, 900, 50_000)))
            except UnclearError:
                continue
            clear += 1
            assert found == expected
    assert clear > 6 or form in ("records", "short")  # else nothing was tried


def test_a_line_of_a_megabyte_is_in_several_blocks() -> None:
    """Before, in, and after what is looked for."""
    content = log(random.Random(5), "tail", 20)
    first = content[:3000].rpartition(b"\n")[0] + b"\n"
    content = first + b"y" * 600_000 + b" and " + b"z" * 600_000 + b" long-1" + content[3000:]
    for text in ("long-1", "z and", "y and z", "order-3"):
        assert by_parts(content, Wanted((text,)), 1, 1 << 16) == by_all(content, Wanted((text,)), 1)


def test_one_request_is_found_in_parts_of_a_large_file() -> None:
    """Only the lines of its stream around it are kept."""
    content = log(random.Random(6), "tail", 400)
    request = content.partition(b"START RequestId: ")[2][:36]
    parts = Excerpts("/aws/lambda/web", io.BytesIO(content))
    parts.keep(request)
    assert 0 < len(parts.events()) < 60
    assert not parts.keep(b"nobody")


@pytest.mark.parametrize(
    "content",
    [
        log(random.Random(7), "tail", 30, streams=1, order=False),
        log(random.Random(8), "short", 300)[:60_000] + log(random.Random(9), "short", 30),
        b'2026-03-02T10:00:00Z {"time": "x", "type": "platform.start", "record": {"requestId": "a"}}\n' * 2,
        b'{"level": "INFO", "timestamp": "2026-03-02T10:00:00Z", "message": "order-1"}\nSTART RequestId: a\n',
        b'2026-03-02T10:00:00Z order-1\n{"timestamp": 1, "message": "order-1"}\n',
        b"2026-03-02T10:00:00Z worker START RequestId: 8f507cfc-1234-4697-b07a-ac58fc914c95\n",
    ],
    ids=[
        "not in order",
        "one log after another",
        "records of Lambda",
        "records and text",
        "events",
        "names of streams",
    ],
)
def test_a_file_of_which_parts_do_not_tell_is_refused(content: bytes) -> None:
    """Else a line would come to another request than the whole file says."""
    with pytest.raises(UnclearError):
        for text in ("order", "START RequestId", "platform.start"):
            by_parts(content, Wanted((text,)), 0, 900)


@pytest.mark.parametrize(
    ("head", "clear"),
    [
        (b"\n2026-03-02T10:00:00Z said\n", True), (b"2026/03/02/[$LATEST]ab 2026-03-02T10:00:00Z said", True),
        (b'{"level": "INFO", "timestamp": "2026-03-02T10:00:00Z"}\n', True), (b'{"level": "INFO"}\n', False),
        (b'{"events": [{"timestamp": 1, "message": "said"}]}', False), (b"START RequestId: 1\n", False),
        (b"2026-03-02T10:00:00Z \x1b[31msaid\n", False), (b"", False), (b'{\n"events": []}', False),
    ],
)  # fmt: skip
def test_a_clear_file_begins_with_a_line_that_has_a_time(head: bytes, clear: bool) -> None:
    """Of text or a record; every other form is read whole."""
    assert is_clear(head) == clear
