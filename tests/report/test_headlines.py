"""The answer before the tables."""

from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import Segment, Trace, TracedException
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


def failing(number: int, *, explained: bool) -> Trace:
    """A request that fails, with an exception in its function or without."""
    thrown = (TracedException("OutOfStock", "none left"),) if explained else ()
    code = Segment(
        f"f{number}",
        "buy",
        0.1,
        0.4,
        origin="AWS::Lambda::Function",
        parent_id=f"r{number}",
        fault=True,
        exceptions=thrown,
    )
    api = Segment(f"r{number}", "api", 0.0, 0.5, origin="AWS::ApiGateway::Stage", fault=True)
    return Trace(f"1-{number}", (api, code))


def test_exceptions_of_some_failures_are_not_denied_by_the_others() -> None:
    """Both are said, with their numbers."""
    found = overview([failing(number, explained=number < 2) for number in range(5)])
    (told,) = [line for line in headlines(found) if "failed" in line]
    assert "3 in buy without an exception, 2 for 'OutOfStock: none left' in buy" in told
    (told,) = [line for line in headlines(overview([failing(0, explained=False)])) if "failed" in line]
    assert told.endswith("and no exception says why.")
