"""Lines that are written of troubles from outside."""

import logging

import pytest

from shopfast_obs.localcloud.log_limit import KINDS, Tally

LOGGER = logging.getLogger("tests.tally")


def test_a_minute_has_a_line_of_each_kind(caplog: pytest.LogCaptureFixture) -> None:
    """20,000 troubles in a minute make one line, and one more with their count when the next minute begins."""
    now = [0.0]
    tally = Tally(LOGGER, lambda: now[0])
    for _ in range(20_000):
        tally.note("bad", "x")
    tally.note("worse", "y")
    assert caplog.messages == ["bad: x", "worse: y"]
    now[0] = 60.0
    tally.note("bad", "z")
    assert caplog.messages[2:] == ["bad: z (20000 in the last minutes)"]
    assert tally.counts == {"bad": 20_001, "worse": 1}


def test_what_waits_is_written_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """The last minute's count is not lost."""
    tally = Tally(LOGGER, lambda: 0.0)
    for _ in range(3):
        tally.note("bad", "x")
    tally.close()
    assert caplog.messages == ["bad: x", "bad: 2 more"]


def test_details_are_bounded_and_of_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody outside writes a second line, or a long one, or as many kinds as they like."""
    tally = Tally(LOGGER, lambda: 0.0)
    tally.note("bad", "a\nb\x1b[2J" + "x" * 10_000)
    assert "\n" not in caplog.messages[0] and "\x1b" not in caplog.messages[0]
    assert len(caplog.messages[0]) < 400
    for number in range(2 * KINDS):
        tally.note(f"kind {number}", "")
    assert len(tally.counts) == KINDS + 1
