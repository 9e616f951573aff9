"""The events of a stream."""

import time

import pytest

from shopfast_obs.localcloud.lambdahost.invocation.log_stream import Journal
from shopfast_obs.localcloud.lambdahost.sandbox.output import Record
from shopfast_obs.localcloud.observer import Observer
from tests.localcloud.lambdahost.support import Recorder, WallClock


def test_times_are_the_clouds_and_never_run_backwards() -> None:
    """A record keeps its own time, moved with the clock; a line before it was written no later."""
    seen, clock = Recorder(), WallClock()
    clock.ahead = 1000.0
    observer = Observer(seen, clock)
    journal = Journal(observer, clock, "group", "stream")
    stamped = time.time() - 5
    journal.output([Record("line\n"), Record("record\n", stamped), Record("after\n")])
    journal.flush()
    observer.close()
    (_, _, first, _), (_, _, second, _), (_, _, third, _) = seen.logs
    assert first == pytest.approx(stamped + 1000, abs=0.5)
    assert second == pytest.approx(stamped + 1000, abs=0.5)
    assert third == pytest.approx(clock.now(), abs=1)
    assert [text for *_, text in seen.logs] == ["line\n", "record\n", "after\n"]


def test_times_do_not_run_backwards_from_one_reading_of_the_pipe_to_the_next() -> None:
    """Even where the two clocks were read further apart the second time."""
    seen, clock = Recorder(), WallClock()
    observer = Observer(seen, clock)
    journal = Journal(observer, clock, "group", "stream")
    stamped = time.time() - 5
    clock.ahead = 0.2
    journal.output([Record("first\n", stamped)])
    clock.ahead = 0.1
    journal.output([Record("second\n", stamped + 0.01)])
    journal.flush()
    observer.close()
    assert [text for *_, text in seen.logs] == ["first\n", "second\n"]
    assert seen.logs[0][2] <= seen.logs[1][2]
