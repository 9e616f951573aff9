"""A trace becomes one tree, and what had to be mended is named."""

import pytest

from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.testing import function_trace


def kinds(trace: Trace) -> list[str]:
    """The names of the warnings."""
    return [warning.partition(":")[0] for warning in tree(trace).warnings]


def test_a_whole_trace_has_no_warning() -> None:
    """Service, function, its phases: one tree, root first, nothing to say."""
    grown = tree(function_trace("1-a-000001", 100.0, init=0.5))
    assert grown.warnings == ()
    assert grown.nodes[0].origin == "AWS::Lambda"
    assert grown.duration == pytest.approx(0.7)


def test_an_empty_trace_says_so() -> None:
    """No segments: an empty tree, with the parser's problems kept."""
    grown = tree(Trace("1-a", (), problems=("malformed: x",)))
    assert (grown.nodes, grown.duration) == ((), 0.0)
    assert grown.warnings == ("malformed: x", "empty: the trace has no segments")


def test_a_missing_root_and_missing_parents_are_named() -> None:
    """The earliest part stands in for the root; the others hang under it as guesses."""
    grown = tree(Trace("1-a", (Segment("2", "b", 2, 3, parent_id="gone"), Segment("1", "a", 1, 2, parent_id="gone"))))
    assert grown.nodes[0].name == "a"
    assert grown.detached == {1}
    assert [w.partition(":")[0] for w in grown.warnings] == ["missing_parent", "missing_root"]


def test_several_roots_are_named() -> None:
    """The earliest one is the root."""
    assert kinds(Trace("1-a", (Segment("1", "a", 1, 2), Segment("2", "b", 2, 3)))) == ["several_roots"]


def test_a_finished_segment_replaces_the_one_in_progress() -> None:
    """The daemon sends both; only the finished one counts."""
    grown = tree(Trace("1-a", (Segment("1", "a", 1, None), Segment("1", "a", 1, 2))))
    assert len(grown.nodes) == 1
    assert grown.warnings == ()


def test_a_part_in_progress_lasts_as_long_as_what_it_holds() -> None:
    """Its end is the latest one inside, and the trace says that it is not complete."""
    inner = Segment("2", "b", 1, 5)
    grown = tree(Trace("1-a", (Segment("1", "a", 0, None, subsegments=(inner,)),)))
    assert grown.duration == 5
    assert [w.partition(":")[0] for w in grown.warnings] == ["in_progress"]


def test_a_function_without_its_parent_goes_to_its_invocation() -> None:
    """Same ARN, and the invocation has no function yet."""
    arn = "arn:aws:lambda:eu-west-1:1:function:web"
    service = Segment("1", "web", 0, 2, origin="AWS::Lambda", resource_arn=arn)
    function = Segment("2", "web", 1, 2, origin="AWS::Lambda::Function", parent_id="x", aws={"function_arn": arn})
    grown = tree(Trace("1-a", (function, service)))
    assert list(grown.parents) == [-1, 0]
    assert grown.detached == frozenset()


@pytest.mark.parametrize(
    ("trace", "kind"),
    [
        (Trace("1-a", (Segment("1", "a", 0, 1, parent_id="2"), Segment("2", "b", 0, 1, parent_id="1"))), "cycle"),
        (Trace("1-a", (Segment("1", "a", 0, 1, parent_id="1"),)), "missing_parent"),
        (Trace("1-a", (Segment("1", "a", 0, 1), Segment("1", "b", 0, 1, parent_id="1"))), "duplicate_id"),
        (Trace("1-a", (Segment("1", "a", 0, 1),), duration=2.0), "duration_mismatch"),
        (Trace("1-a", (Segment("1", "a", 0, 1),), limit_exceeded=True), "limit_exceeded"),
        (Trace("1-a", (Segment("1", "a", 5, 6, subsegments=(Segment("2", "b", 1, 6),)),)), "clock_skew"),
    ],
)
def test_every_other_trouble_has_a_name(trace: Trace, kind: str) -> None:
    """Cycles, self-references, duplicate ids, X-Ray's own doubts, clocks."""
    assert kind in kinds(trace)


@pytest.mark.parametrize(("through", "warnings"), [(0.15, []), (0.3, ["clock_skew"])])
def test_overhead_after_an_answer_is_no_skew(through: float, warnings: list[str]) -> None:
    """Extensions go on in the function's segment after its service has answered; a handler that does is on another
    clock."""
    phases = (Segment("i", "Invocation", 0.02, through), Segment("o", "Overhead", through, 0.48))
    function = Segment("f", "web", 0.02, 0.48, origin="AWS::Lambda::Function", parent_id="s", subsegments=phases)
    assert kinds(Trace("1-a", (Segment("s", "web", 0.0, 0.164, origin="AWS::Lambda"), function))) == warnings


def test_of_a_part_that_was_sent_again_the_last_counts() -> None:
    """As recorded of a function that ran into its deadline: its layer closed the open call, then the call ended, and
    the SDK sent it itself; what X-Ray infers from it is there twice too."""
    early = Segment("c", "dynamodb", 1.0, 3.4, namespace="aws", fault=True)
    handler = Segment("h", "## lambda_handler", 0.9, 3.4, subsegments=(early, early._replace(end=4.0, fault=False)))
    function = Segment("f", "web", 0.8, 4.2, origin="AWS::Lambda::Function", subsegments=(handler,))
    table = Segment("t", "orders", 1.0, 3.4, parent_id="c", origin="AWS::DynamoDB::Table", inferred=True, fault=True)
    grown = tree(Trace("1-a", (function, table, table._replace(end=4.0, fault=False))))
    assert {(node.name, node.end) for node in grown.nodes} == {
        ("web", 4.2),
        ("orders", 4.0),
        ("## lambda_handler", 3.4),
        ("dynamodb", 4.0),
    }
    assert [grown.nodes[above].name for above in grown.parents[1:]] == ["web", "## lambda_handler", "dynamodb"]
    assert not any(node.fault for node in grown.nodes)
    assert kinds(grown.trace) == []


def test_a_phase_does_not_move_under_what_hangs_below_it() -> None:
    """The function of a phase in a cycle may itself hang under that phase: the phase goes under the root instead."""
    init = Segment("i", "Initialization", 0.5, 1.0, aws={"function_arn": "arn:x"})
    grown = tree(
        Trace(
            "1-a",
            (
                Segment("s", "f", 1.0, 9.0, origin="AWS::Lambda", resource_arn="arn:y", parent_id="i"),
                Segment("f", "f", 1.0, 9.0, origin="AWS::Lambda::Function", parent_id="s", subsegments=(init,)),
                Segment("h", "g", 2.0, 3.0, origin="AWS::Lambda", resource_arn="arn:x", parent_id="i"),
            ),
        )
    )
    assert sorted(grown.order) == [0, 1, 2, 3]
    assert [warning.partition(":")[0] for warning in grown.warnings].count("cycle") == 1


def test_many_cycles_and_many_orphans_take_linear_time() -> None:
    """20,000 broken parts are mended in one pass; a quadratic one would not come back."""
    arn = "arn:x"
    pairs = [Segment(str(n), "p", n, n + 1, parent_id=str(n ^ 1)) for n in range(20_000)]
    orphans = [
        Segment(f"o{n}", "f", n, n + 1, parent_id="gone", origin="AWS::Lambda::Function", resource_arn=arn)
        for n in range(20_000)
    ]
    grown = tree(Trace("1-a", (*pairs, *orphans)))
    assert len(grown.nodes) == 40_000
    assert sum(1 for parent in grown.parents if parent == -1) == 1
