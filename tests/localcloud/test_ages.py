"""What stands still grows older with the cloud's clock."""

from shopfast_obs.localcloud.ages import OldestAges


def test_a_moved_clock_makes_what_stands_still_older() -> None:
    """And what comes after it has its own age."""
    ages = OldestAges()
    assert ages.of("q", "first", 5, now=100) == 5
    assert ages.of("q", "first", 6, now=1000) == 905
    assert ages.of("q", "second", 2, now=1001) == 2
    assert ages.of("other", "first", 1, now=1001) == 1


def test_an_age_is_never_less_than_by_real_time() -> None:
    """The cloud's clock may be read a little earlier."""
    ages = OldestAges()
    ages.of("q", "first", 5, now=100)
    assert ages.of("q", "first", 9, now=101) == 9
