"""A project and its target, as the live page is handed them."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfast_obs.cli.classroom.learner import Classroom
from shopfast_obs.cli.live.surroundings import Around
from shopfast_obs.errors import UserError
from tests.cli.workshop_room import Room, Web, project


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A project that is deployed, its application running."""
    server = Web()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield project(tmp_path, server)
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_exercise_is_seen_without_sending_or_remembering(room: Room) -> None:
    """The one that was begun last, its checks as they are now, the hint that was taken."""
    around = Around(room)
    assert around.exercise() is None
    room.run("start 02")
    room.run("hint")
    assert room.web is not None
    requests, attempt = len(room.web.log), Classroom(room).progress.get("02-mend")
    seen = around.exercise()
    assert seen is not None
    assert (seen.id, seen.minutes, seen.state, seen.hint) == ("02-mend", 5, "started", "first")
    (check,) = seen.checks
    assert (check.name, check.state) == ("alive", "not yet")
    assert check.told.endswith("were killed.")
    assert (len(room.web.log), Classroom(room).progress.get("02-mend")) == (requests, attempt)


def test_shoppers_begin_change_and_end(room: Room) -> None:
    """One scenario at a time; unknown ones are refused with a sentence."""
    around = Around(room)
    assert around.shoppers().scenarios == ("look",)
    around.send("look", 40)
    assert room.web is not None
    ends = time.monotonic() + 10
    while not around.shoppers().sent and time.monotonic() < ends:
        time.sleep(0.02)
    seen = around.shoppers()
    assert (seen.running, seen.rps, seen.sent > 0) == ("look", 40, True)
    assert seen.failed > 0
    around.send("look", 0)
    assert around.shoppers().running == ""
    around.close()
    requests, ends = -1, time.monotonic() + 10
    while requests != len(room.web.log):  # some were under way; nobody new comes
        assert time.monotonic() < ends
        requests = len(room.web.log)
        time.sleep(0.4)
    with pytest.raises(UserError, match="no scenario"):
        around.send("nobody", 1)
