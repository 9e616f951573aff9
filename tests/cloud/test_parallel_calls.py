"""Fewer calls at once where a service throttles, and slowly more again."""

from shopfast_obs.cloud.parallel_calls import GIVE_UP, MOST, ConcurrencyLimit


def test_a_throttled_call_halves_what_may_be_under_way() -> None:
    """Down to one call at a time."""
    lane, seen = ConcurrencyLimit(), []
    for _ in range(5):
        with lane.turn() as turn:
            lane.throttled(turn)
        seen.append(lane.limit)
    assert seen == [4, 2, 1, 1, 1]


def test_calls_that_were_under_way_together_cut_once() -> None:
    """They all met the same crowd."""
    lane = ConcurrencyLimit()
    with lane.turn() as first, lane.turn() as second, lane.turn() as third:
        for turn in (first, second, third):
            lane.throttled(turn)
    assert lane.limit == MOST // 2


def test_it_recovers_slowly_and_not_beyond_the_most() -> None:
    """One more after about as many answers as may be under way."""
    lane = ConcurrencyLimit()
    with lane.turn() as turn:
        lane.throttled(turn)
    lane.served()
    assert lane.limit == MOST // 2
    for _ in range(MOST // 2):
        lane.served()
    assert lane.limit == MOST // 2 + 1
    for _ in range(100):
        lane.served()
    assert lane.limit == MOST


def test_it_is_closed_where_repeating_never_helps() -> None:
    """An answer in between opens the account again."""
    lane = ConcurrencyLimit()
    for _ in range(GIVE_UP - 1):
        lane.throttled(0, "ThrottlingException")
    lane.served()
    for _ in range(GIVE_UP - 1):
        lane.throttled(0, "ThrottlingException")
    assert not lane.closed
    lane.throttled(0, "ThrottlingException")
    assert lane.closed == "ThrottlingException"
