"""Patterns of calls: each is found where it is, and left alone where it is not."""

from collections.abc import Sequence

import pytest

from shopfast_obs.analysis.traces.overview.call_patterns import Pattern, PatternBuilder
from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.telemetry import Segment, Trace


def call(number: int, start: float, seconds: float, target: str = "orders", **more: object) -> Segment:
    """One call of GetItem."""
    aws = {"operation": "GetItem", "table_name": target, **more}
    return Segment(f"c{number}", "DynamoDB", start, start + seconds, namespace="aws", aws=aws)


def found(calls: Sequence[Segment], copies: int = 1, until: float = 10.0) -> tuple[Pattern, ...]:
    """The patterns of a function that makes these calls, in some traces."""
    builder = PatternBuilder()
    for number in range(copies):
        function = Segment("f", "web", 0, until, origin="AWS::Lambda::Function", subsegments=tuple(calls))
        builder.add(tree(Trace(f"1-{number}", (function,))))
    return builder.result()


def test_a_loop_of_calls_is_n_plus_one() -> None:
    """Twenty calls one after another: counted over traces, with what they cost beyond one call, and exemplars."""
    (pattern,) = found([call(n, n * 0.1, 0.1) for n in range(20)], copies=5)
    assert (pattern.kind, pattern.service, pattern.call) == ("n_plus_one", "web", "DynamoDB GetItem orders")
    assert (pattern.traces, pattern.calls, len(pattern.exemplars)) == (5, 100, 3)
    assert pattern.seconds == pytest.approx(5 * 1.9)


def test_the_copies_that_x_ray_infers_are_not_calls() -> None:
    """Four calls with their inferred segments are four, not eight."""
    calls = [call(n, n * 0.1, 0.1) for n in range(4)]
    copies = [
        Segment(
            f"i{n}", "DynamoDB", n * 0.1, n * 0.1 + 0.1, parent_id=f"c{n}", origin="AWS::DynamoDB::Table", inferred=True
        )
        for n in range(4)
    ]
    function = Segment("f", "web", 0, 1, origin="AWS::Lambda::Function", subsegments=tuple(calls))
    builder = PatternBuilder()
    builder.add(tree(Trace("1-a", (function, *copies))))
    (pattern,) = builder.result()
    assert (pattern.kind, pattern.calls) == ("repeated", 4)


@pytest.mark.parametrize(
    ("calls", "kinds"),
    [
        ([call(n, 0.0, 0.1) for n in range(20)], ["repeated"]),  # all at once
        ([call(n, n * 0.1, 0.1) for n in range(3)], ["repeated"]),  # too few for a loop
        ([call(n, n * 0.001, 0.001) for n in range(6)], ["repeated"]),  # too short to matter as a loop
        ([call(n, n * 0.1, 0.1) for n in range(2)], []),
        ([call(n, n * 0.4, 0.4, f"t-{'abc'[n]}") for n in range(3)], ["sequential"]),
        ([call(n, 0.0, 0.4, f"t-{'abc'[n]}") for n in range(3)], []),  # already at once
        ([call(n, n * 0.01, 0.01, f"t-{'abc'[n]}") for n in range(3)], []),  # saves nothing
        ([call(0, 0.0, 0.6)], ["slow"]),
        ([call(0, 0.0, 0.1, retries=2)], ["retried"]),
        ([call(0, 0.0, 0.1)._replace(throttle=True)], ["throttled"]),
        ([call(0, 0.0, 0.1)._replace(http={"response": {"content_length": 300_000}})], ["large"]),
        ([call(0, 0.0, 0.1)._replace(http={"response": {"content_length": 299_999}})], []),
        ([call(0, 0.0, 0.09)._replace(http={"response": {"content_length": 900_000}})], []),  # costs nobody anything
        ([Segment("a", "Attempt #2", 0, 1), Segment("b", "Attempt #1", 0, 1)], ["retried"]),
    ],
)
def test_every_kind_has_its_threshold(calls: list[Segment], kinds: list[str]) -> None:
    """What follows one another differs from what goes out together."""
    assert [pattern.kind for pattern in found(calls, until=2.0)] == kinds
