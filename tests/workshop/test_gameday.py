"""The post-mortem of a game day, and what seats tell."""

import pytest

from shopfast_obs.workshop import gameday, roll_call
from shopfast_obs.workshop.gameday import Round
from shopfast_obs.workshop.roll_call import Seat
from tests.workshop.test_wrong_fixes import EXERCISES

FIXED = Round("11-small-orders", 1000.0, 1060.0, 1300.0, 1500.0, "they | wait", "a pattern")


def test_the_post_mortem_has_the_real_times() -> None:
    """What was typed is no mark-up; the fault is named only once it is fixed."""
    page = gameday.page([FIXED, Round("07-the-silent-one", 2000.0)], EXERCISES)
    assert "## Fault 1: Small orders wait for ever" in page
    assert "| 00:17:40 | 60 s | detected: they \\| wait |" in page
    assert "| 00:25:00 | 500 s | fixed: fixed |" in page
    assert "## Fault 2: not fixed yet" in page
    assert "silent" not in page


@pytest.mark.parametrize("found", [None, [], [{"mood": 1}], "no", 3])
def test_a_file_without_rounds_has_none(found: object) -> None:
    """Whatever it holds."""
    assert gameday.read(found) == []


TOLD = {"name": "anna", "exercise": "01", "state": "started", "passed": 1, "hints": 2}


def test_a_seat_is_what_it_says_bounded() -> None:
    """Names are cut and printable; anything else is nothing."""
    assert roll_call.received(TOLD) == Seat("anna", "01", "started", 1, 2)
    long = roll_call.received({**TOLD, "name": "\x1b[31m" + "x" * 500})
    assert long is not None
    assert long.name.startswith("[31mx")
    assert len(long.name) == roll_call.LONGEST
    for wrong in ({**TOLD, "passed": "1"}, {**TOLD, "passed": True}, {**TOLD, "more": 1}, {}, [], None, "x"):
        assert roll_call.received(wrong) is None


def test_a_plan_gives_each_seat_its_port() -> None:
    """And says what they take together."""
    ports = [place.port for place in roll_call.plan(30)]
    assert len(set(ports)) == 30
    assert roll_call.memory(30) == 30 * roll_call.SEAT_MB
