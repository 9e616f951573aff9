"""Chains: every call under the way that led to it, whatever the shape of the trace."""

from shopfast_obs.analysis.traces.overview.call_chains import ChainBuilder
from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.telemetry import Segment, Trace


def chains(*traces: Trace, entry: str = "GET /x") -> dict[str, tuple[int, float]]:
    """Of each chain: how many calls, and how many a request."""
    builder = ChainBuilder()
    for trace in traces:
        builder.add(tree(trace), entry)
    tallies, amounts = builder.result({entry: len(traces)})
    assert tallies.keys() == amounts.keys()
    return {" > ".join(chain): (len(tally.seconds), amounts[chain].mean) for chain, tally in tallies.items()}


def call(id_: str, name: str, start: float, end: float, **aws: str) -> Segment:
    """A call of an AWS service."""
    return Segment(id_, name, start, end, namespace="aws", aws=aws)


def request(gets: int = 2) -> Trace:
    """A function that reads a table and calls another function, which reads the same table."""
    inner = (
        *(call(f"g{n}", "DynamoDB", n, n + 0.5 + n, operation="GetItem", table_name="items") for n in range(gets)),
        call("i", "Lambda", 5, 8, operation="Invoke", function_name="stock"),
    )
    return Trace(
        f"1-{gets}",
        (
            Segment("s", "web", 0, 9, origin="AWS::Lambda"),
            Segment("f", "web", 0, 9, origin="AWS::Lambda::Function", parent_id="s", subsegments=inner),
            Segment("t", "stock", 5, 8, origin="AWS::Lambda", parent_id="i"),
            Segment(
                "u", "stock", 5, 8, origin="AWS::Lambda::Function", parent_id="t",
                subsegments=(call("h", "DynamoDB", 6, 7, operation="GetItem", table_name="items"),),
            ),
            Segment("c", "items", 0, 0.5, origin="AWS::DynamoDB::Table", parent_id="g0", inferred=True),
        ),
    )  # fmt: skip


def test_a_call_is_named_by_its_way() -> None:
    """A function's two nodes are one, inferred copies none, what was called adds nothing to its call."""
    assert chains(request()) == {
        "GET /x > DynamoDB GetItem items": (2, 2.0),
        "GET /x > Lambda Invoke stock": (1, 1.0),
        "GET /x > Lambda Invoke stock > DynamoDB GetItem items": (1, 1.0),
    }
    assert chains(request(1), request(2))["GET /x > DynamoDB GetItem items"] == (3, 1.5)


def test_the_traces_with_the_longest_calls_are_exemplars() -> None:
    """Up to three, the longest first, each once."""
    builder = ChainBuilder()
    for gets in (1, 4, 2, 3, 5):
        builder.add(tree(request(gets)), "GET /x")
    assert builder.slowest()["GET /x", "DynamoDB GetItem items"] == ("1-5", "1-4", "1-3")


def test_deep_traces_take_linear_time_and_have_names_that_can_be_read() -> None:
    """Depth 10,000 of calls: no name grows with it."""
    deep = Trace("1-a", tuple(
        Segment(str(n), "s", n, 20_000, parent_id=str(n - 1) if n else "", namespace="remote" if n else "")
        for n in range(10_000)
    ))  # fmt: skip
    found = chains(deep)
    assert sum(count for count, _ in found.values()) == 9_999
    assert max(len(name) for name in found) < 40
    assert chains(Trace("1-b", ())) == {}
