"""One thread guards every request of an environment, and is woken up only when it would sleep too long."""

import threading

import pytest

from shopfast_obs.runtime.deadline import Guard

PATIENCE = 20  # seconds; nothing here takes as long


@pytest.mark.parametrize(("first", "second"), [(30.0, 0.05), (0.05, 0.1), (0.0, 0.05)])
def test_the_second_request_is_guarded_whatever_the_first_left_behind(first: float, second: float) -> None:
    """A nearer deadline, a later one, and one after a deadline that came."""
    guard, early, late = Guard(), threading.Event(), threading.Event()
    guard.start(first, early.set)
    if not first:
        assert early.wait(PATIENCE)
    guard.stop()
    guard.start(second, late.set)
    assert late.wait(PATIENCE)
    assert early.is_set() is (not first)


def test_a_stopped_request_is_not_spoken_for() -> None:
    """The next one is."""
    guard, stopped, following = Guard(), threading.Event(), threading.Event()
    guard.start(0.05, stopped.set)
    guard.stop()
    guard.start(0.2, following.set)
    assert following.wait(PATIENCE)
    assert not stopped.is_set()
