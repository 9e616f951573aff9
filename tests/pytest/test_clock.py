"""The seeded clock shows the same times in each run."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from shopfast_obs.pytest.clock import LONGEST, SHORTEST, START, SeededClock


def test_the_same_seed_gives_the_same_times_and_another_seed_others() -> None:
    """The steps are small, and forward."""
    first, again, other = ([clock() for _ in range(50)] for clock in map(SeededClock, ("a", "a", "b")))
    assert first == again
    assert first != other
    steps = [later - earlier for earlier, later in itertools.pairwise(first)]
    assert all(SHORTEST - 1e-6 <= step <= LONGEST + 1e-6 for step in steps)
    assert first[0] - START.timestamp() <= LONGEST + 1e-6


def test_it_moves_forward_by_what_it_is_told() -> None:
    """And never back."""
    clock = SeededClock("a", datetime(2027, 3, 1, tzinfo=UTC))
    clock.advance(3600)
    assert clock.datetime().isoformat().startswith("2027-03-01T01:00:00.")
    for wrong in (-1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="forward only"):
            clock.advance(wrong)
