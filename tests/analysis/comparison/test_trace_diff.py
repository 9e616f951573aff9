"""Two traces: what differs is found at its place, what is the same is not."""

from shopfast_obs.analysis.comparison.trace_diff import PartChange, TraceDiff, trace_diff
from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.telemetry import Segment, Trace


def call(number: int, start: float, seconds: float, target: str = "orders") -> Segment:
    """One call of GetItem."""
    aws = {"operation": "GetItem", "table_name": target}
    return Segment(f"{target}{number}", "DynamoDB", start, start + seconds, namespace="aws", aws=aws)


def trace(id_: str, calls: list[Segment], until: float = 1.0, start: float = 0.0) -> Trace:
    """A function that makes these calls; X-Ray infers a table from each."""
    moved = tuple(c._replace(start=c.start + start, end=(c.end or 0.0) + start) for c in calls)
    copies = [
        Segment(f"i{c.id}", "orders", c.start, c.end, parent_id=c.id, origin="AWS::DynamoDB::Table", inferred=True)
        for c in moved
    ]
    inner = (Segment("v", "Invocation", start, start + until, subsegments=moved),)
    return Trace(
        id_, (Segment("f", "web", start, start + until, origin="AWS::Lambda::Function", subsegments=inner), *copies)
    )


def diff(before: Trace, after: Trace) -> TraceDiff:
    """The difference, a tenth tolerated."""
    return trace_diff(tree(before), tree(after), 0.1)


def test_every_difference_has_its_place_and_its_name() -> None:
    """More calls of one table, none of another, one of a third, the whole longer; times of day mean nothing."""
    before = trace("1-a", [call(0, 0.1, 0.1), call(0, 0.3, 0.1, "old"), call(0, 0.5, 0.1, "same")])
    after = trace(
        "1-b", [*(call(n, 0.1 + n / 10, 0.1) for n in range(3)), call(0, 0.5, 0.1, "same"), call(0, 0.7, 0.1, "new")],
        until=1.5, start=9e8,
    )  # fmt: skip
    found = diff(before, after)
    assert [(row.depth, row.name, row.count, row.difference) for row in found.parts] == [
        (0, "web", (1, 1), "longer"),
        (1, "Invocation", (1, 1), "longer"),
        (2, "DynamoDB GetItem orders", (1, 3), "more calls"),
        (2, "DynamoDB GetItem old", (1, 0), "removed"),
        (2, "DynamoDB GetItem same", (1, 1), "same"),
        (2, "DynamoDB GetItem new", (0, 1), "added"),
    ]
    assert (found.before, found.after) == ("1-a", "1-b")
    assert found.matched == 4 / 7


def test_a_trace_does_not_differ_from_itself() -> None:
    """Nor by a millisecond, nor by less than is tolerated."""
    one, near = trace("1-a", [call(0, 0.1, 0.1)]), trace("1-b", [call(0, 0.1, 0.1005)], until=1.05)
    assert {row.difference for row in (*diff(one, one).parts, *diff(one, near).parts)} == {"same"}
    assert diff(one, one).matched == 1.0


def test_other_traces_have_nothing_in_common() -> None:
    """All gone and all new; an empty trace is one side of it."""
    other = Trace("1-c", (Segment("x", "cron", 0, 1),))
    assert {row.difference for row in diff(trace("1-a", []), other).parts} == {"added", "removed"}
    assert diff(Trace("1-d", ()), other).parts == (PartChange("cron", 0, (0, 1), (0.0, 1.0), "added"),)
    assert diff(Trace("1-d", ()), Trace("1-e", ())).parts == ()


def test_deep_and_wide_traces_take_linear_time() -> None:
    """Depth 10,000 and 100,000 siblings; a quadratic walk would not come back."""
    deep = Trace("1-a", tuple(Segment(str(n), "s", 0, 1, parent_id=str(n - 1) if n else "") for n in range(10_000)))
    assert len(diff(deep, deep).parts) == 10_000
    wide = trace("1-b", [call(n, 0.0, 0.1) for n in range(50_000)])
    assert diff(wide, wide).parts[-1].count == (50_000, 50_000)
