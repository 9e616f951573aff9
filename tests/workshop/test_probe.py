"""Check `probe`: what customers get, asked again and again."""

import json

import pytest

from shopfast_obs.workshop.interface import CannotTellError, Reply
from tests.workshop.worlds import FakeWorld, judge, spec

PROBE = spec(
    "probe", get="{WebUrl}items", count=4, status=200, ratio=0.75, p95_ms=500, items="items", unique="id",
    expected="items",
)  # fmt: skip


def reply(*ids: int, status: int = 200, seconds: float = 0.1) -> Reply:
    """An answer with these items."""
    return Reply(status, seconds, json.dumps({"items": [{"id": i} for i in ids]}).encode())


GOOD = reply(1, 2, 3)


@pytest.mark.parametrize(
    ("replies", "right"),
    [
        ([GOOD] * 4, True),
        ([GOOD] * 3 + [reply(status=502)], True),
        ([GOOD] * 2 + [reply(status=502)] * 2, False),
        ([GOOD] * 3 + [reply(1, 2, 3, seconds=0.6)], False),
        ([GOOD] * 3 + [reply()], False),
        ([GOOD] * 3 + [reply(1, 2)], False),
        ([GOOD] * 3 + [reply(1, 2, 2)], False),
        ([GOOD] * 3 + [Reply(200, 0.1, b"<html>")], False),
        ([GOOD] * 3 + [Reply(200, 0.1, b'{"items": 3}')], False),
    ],
)
def test_probe_wants_the_share_the_time_and_the_content(replies: list[Reply], right: bool) -> None:
    """One short, slow or double answer is enough to fail."""
    world = FakeWorld(replies=replies)
    assert judge(PROBE, world)[0] is right
    assert world.requested == ["4 GET http://web/items"]


@pytest.mark.parametrize(
    ("first", "asked"), [(reply(1, 2, 3, seconds=9), 1), (reply(status=502), 2), (reply(1, 2, 3, seconds=0.4), 4)]
)
def test_probe_asks_no_further_when_it_can_only_fail(first: Reply, asked: int) -> None:
    """One slow answer of four is too many, and so are two of four that failed."""
    replies = iter([first] * 4)
    world = FakeWorld()
    world.request = lambda *_: replies  # type: ignore[method-assign]
    measured = judge(PROBE, world)[1]
    assert (measured["requests"], len(list(replies))) == (asked, 4 - asked)


def test_probe_of_an_application_without_items_is_no_success() -> None:
    """Nothing out of nothing proves nothing."""
    assert not judge(PROBE, FakeWorld(replies=[reply()] * 4, items=0))[0]


def test_probe_cannot_tell_without_the_output() -> None:
    """An application that has no such URL."""
    with pytest.raises(CannotTellError, match="no output 'WebUrl'"):
        judge(PROBE, FakeWorld(outputs={}))
