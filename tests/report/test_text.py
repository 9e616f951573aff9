"""Numbers and times as people read them."""

from shopfast_obs.report.text import is_of_days, period

NOON = 1_767_268_800.0  # 2026-01-01 12:00:00 UTC


def test_a_period_has_dates_where_it_passes_midnight() -> None:
    """Three errors within fifty hours would look like two hours."""
    assert period(NOON, NOON + 300) == "12:00:00 to 12:05:00 UTC"
    assert period(NOON, NOON + 180_000) == "2026-01-01 12:00:00 to 2026-01-03 14:00:00 UTC"
    assert period(NOON, NOON) == "12:00:00 UTC"
    assert period(NOON, NOON, date=True) == "2026-01-01 12:00:00 UTC"
    assert is_of_days(NOON, NOON + 43_200)
    assert not is_of_days(NOON, NOON + 43_199)
    assert not is_of_days()
