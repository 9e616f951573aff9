"""The answer before the tables."""

from __future__ import annotations

from shopfast_obs.analysis.traces import overview
from shopfast_obs.report.headlines import headlines
from shopfast_obs.report.trace_tables import steps
from shopfast_obs.testing import answered_early


def test_what_could_be_saved_is_of_the_time_until_the_answer() -> None:
    """The long notification after it is in the table, below what the customer waited for, and in no headline."""
    found = overview([answered_early()])
    assert any("could save most: it is 90 %" in line and line.startswith("api") for line in headlines(found))
    rows = {row[0]: row[-2:] for row in steps(found).rows}
    assert next(iter(rows)).startswith("api")
    assert [shares for name, shares in rows.items() if name.startswith("tell")] == [("0 %", "89 %")]
