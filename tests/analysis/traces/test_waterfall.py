"""A trace as rows: order, own time, the path, and log lines where they were written."""

import pytest

from shopfast_obs.analysis.traces.waterfall import Waterfall, waterfall
from shopfast_obs.model.telemetry import LogEvent, Segment, Trace, TracedException

GROUP = "/aws/lambda/web"


def part(name: str, start: float, end: float | None, *inner: Segment, **more: object) -> Segment:
    """A segment named by what it is."""
    return Segment(more.pop("id", name), name, start, end, subsegments=inner, **more)


def shop(*events: LogEvent) -> Waterfall:
    """A cold function that calls a table twice and fails."""
    copy = part("orders", 2.1, 2.3, id="copy", parent_id="get", origin="AWS::DynamoDB::Table", inferred=True)
    get = part(
        "DynamoDB",
        2.1,
        2.3,
        id="get",
        namespace="aws",
        aws={"operation": "GetItem", "table_name": "orders", "retries": 1},
    )
    put = part("DynamoDB", 2.4, 2.9, id="put", namespace="aws", aws={"operation": "PutItem", "table_name": "orders"})
    function = part(
        "web",
        2.0,
        3.0,
        part("Initialization", 1.0, 1.9),
        part("Invocation", 2.0, 3.0, get, put),
        id="f",
        parent_id="s",
        origin="AWS::Lambda::Function",
        fault=True,
        exceptions=(TracedException("KeyError", "'sku'"),),
        aws={"request_id": "r-1"},
    )
    service = part("web", 0.5, 3.1, id="s", origin="AWS::Lambda", links=("1-b",))
    return waterfall(Trace("1-a", (service, function, copy)), events)


def test_rows_are_in_order_with_own_time_and_no_copies() -> None:
    """Parents first, siblings as they began; what X-Ray infers of a call is the call."""
    fall = shop()
    assert [(row.depth, row.name) for row in fall.rows] == [
        (0, "web"),
        (1, "web"),
        (2, "Initialization"),
        (2, "Invocation"),
        (3, "DynamoDB GetItem orders"),
        (3, "DynamoDB PutItem orders"),
    ]
    own = {row.name: row.own for row in fall.rows}
    assert own["Invocation"] == pytest.approx(0.3)
    assert own["DynamoDB GetItem orders"] == pytest.approx(0.2)
    assert sum(row.on_path or 0.0 for row in fall.rows) == pytest.approx(fall.summary.duration)


def test_an_initialisation_is_nobody_elses_own_time() -> None:
    """It lies before the function's segment and within the service's; it is counted once."""
    fall = shop()
    assert fall.rows[0].own == pytest.approx(0.5 + 0.1 + 0.1)
    assert sum(row.own for row in fall.rows) == pytest.approx(fall.summary.duration)


def test_notes_tell_cold_start_retries_and_errors() -> None:
    """Each where it happened."""
    notes = {row.name: row.notes for row in shop().rows if row.notes}
    assert notes == {
        "web": ("KeyError: 'sku'",),
        "Initialization": ("cold start",),
        "DynamoDB GetItem orders": ("1 retry",),
    }
    assert shop().requests == ("r-1",)
    assert shop().links == ("1-b",)


def test_log_lines_are_where_they_were_written() -> None:
    """During a call under the call, before the function under its init, of another group at the end."""
    lines = [
        LogEvent(2.5, "putting", GROUP, "x"),
        LogEvent(1.5, "importing", GROUP, "x"),
        LogEvent(2.0, "?", "/other", "x"),
    ]
    fall = shop(*lines)
    placed = {row.name: [event.message for event in row.logs] for row in fall.rows if row.logs}
    assert placed == {"Initialization": ["importing"], "DynamoDB PutItem orders": ["putting"]}
    assert [event.message for event in fall.logs] == ["?"]


def test_an_empty_trace_and_a_deep_one() -> None:
    """No rows; ten thousand rows without recursion."""
    assert waterfall(Trace("1-a", ())).rows == ()
    deep = [part(str(n), n * 1e-4, 2.0, parent_id=str(n - 1) if n else "") for n in range(10_000)]
    assert waterfall(Trace("1-a", tuple(deep))).rows[-1].depth == 9_999
