"""A seat as a whole: roll-call, game day, doctor."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfast_obs.cli.classroom import roll_call_server
from shopfast_obs.errors import UserError
from shopfast_obs.workshop.roll_call import Seat
from tests.cli.test_workshop import plant, web_file
from tests.cli.workshop_room import Room, Web, project

SEAT = Seat("anna", "01-see", "started", 0, 0)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A project that is deployed."""
    web = Web()
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield project(tmp_path, web)
    web.shutdown()
    thread.join()
    web.server_close()


def test_a_seat_tells_the_roll_call(room: Room) -> None:
    """At its start and with each check, under its name."""
    with roll_call_server.serving(0) as call:
        assert room.run(f"start 01 --seat anna --to {call.url}").exit_code == 0
        assert call.seats() == (SEAT,)
        room.run("answer killed=100 scarce=cpu")
        room.run("check")
        assert call.seats() == (Seat("anna", "01-see", "passed", 1, 0),)


def test_a_roll_call_that_is_gone_stops_nobody(room: Room) -> None:
    """One sentence; an address that is none is refused."""
    assert room.run("start 01 --to http://127.0.0.1:1").exit_code == 0
    assert "does not answer" in room.stderr.getvalue()
    assert "is no address" in room.refused("start 01 --to file:///etc/passwd").message


@pytest.mark.parametrize(
    ("kind", "body"), [("text/plain", "{}"), ("application/json", "["), ("application/json", "{}")]
)
def test_what_is_no_seat_is_not_heard(kind: str, body: str) -> None:
    """Neither what a page of a browser can send."""
    with roll_call_server.serving(0) as call:
        request = urllib.request.Request(call.url, data=body.encode(), headers={"Content-Type": kind})
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(request)
        assert call.seats() == ()


def test_a_port_that_is_taken_is_one_sentence() -> None:
    """With another one to take."""
    with (
        roll_call_server.serving(0) as call,
        pytest.raises(UserError, match="cannot be listened on"),
        roll_call_server.serving(call.server_port),
    ):
        pass


def test_roll_call_plans_seats(room: Room) -> None:
    """Ports and memory."""
    assert room.run("roll-call --plan 2").exit_code == 0
    assert "cloud start --port 4567" in room.stdout.getvalue()
    assert room.run("roll-call --plan 2 --format json").exit_code == 0
    assert len(json.loads(room.stdout.getvalue())["seats"]) == 2


def test_a_game_day_keeps_the_times_and_the_secret(room: Room) -> None:
    """Until it is fixed; then the post-mortem names it."""
    plant(room, "02-mend", "planted")
    assert "There was no game day yet." in room.refused("gameday report").message
    assert "No fault is at work." in room.refused("gameday check").message
    assert room.run("gameday start").exit_code == 0
    assert web_file(room) == "planted"
    assert "02" not in room.stdout.getvalue() + room.stderr.getvalue()
    assert "A fault is at work already." in room.refused("gameday start").message
    room.run("gameday detected nothing-comes")
    room.run("gameday diagnosed it-is-planted")
    assert room.run("gameday check").exit_code == 1
    assert "Not fixed" in room.stdout.getvalue()
    room.run("solve 02")
    assert room.run("gameday check").exit_code == 0
    assert "Mend it (02-mend)" in room.stdout.getvalue()
    assert room.run("gameday report").exit_code == 0
    assert "nothing-comes" in room.stdout.getvalue()
    assert room.run("gameday report --format json").exit_code == 0
    (one,) = json.loads(room.stdout.getvalue())
    assert list(one["seconds"]) == ["detected", "diagnosed", "fixed"]


def test_doctor_says_what_is_missing(room: Room) -> None:
    """Each thing with what to do; without a cloud the seat is not ready."""
    assert room.run("doctor --format json").exit_code == 1
    document = json.loads(room.stdout.getvalue())
    found = {check["what"]: check for check in document["checks"]}
    assert found["Python"]["ok"]
    assert found["exercises"]["said"].startswith("2 in ")
    assert not document["ready"]
