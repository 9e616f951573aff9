"""Replays: as it was without a change, and what follows from a change where times tell what waits for what."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.critical_path import answer_path, critical_path
from shopfast_obs.analysis.traces.tree import TraceTree, tree
from shopfast_obs.analysis.traces.what_if.replay import Effect, replay
from shopfast_obs.model.telemetry import Segment, Trace
from tests.analysis.traces.random_traces import program
from tests.analysis.traces.test_critical_path import part, traces

FUNCTION = "AWS::Lambda::Function"


def grown(*segments: Segment) -> TraceTree:
    """The tree of these segments."""
    return tree(Trace("1-a", segments))


def named(tree: TraceTree, name: str) -> int:
    """The index of the part of this name."""
    return next(index for index, node in enumerate(tree.nodes) if node.name == name)


@settings(max_examples=150)
@given(traces())
def test_without_a_change_every_part_is_where_it_was(trace: Trace) -> None:
    """Whatever the trace looks like: the replay has its times, and the answer is where the path to it ends."""
    was = tree(trace)
    now = replay(was, Effect())
    for index, (start, end) in enumerate(zip(now.starts, now.ends, strict=True)):
        assert start + was.start == pytest.approx(was.starts[index], abs=1e-5)
        assert end + was.start == pytest.approx(was.ends[index], abs=1e-5)
    path = answer_path(was, critical_path(was))
    if was.nodes and now.answer != pytest.approx(was.ends[0] - was.start, abs=1e-5):
        assert now.answer == pytest.approx(path.slices[-1].end - was.start, abs=1e-5)


@settings(max_examples=100)
@given(traces())
def test_a_part_that_becomes_shorter_makes_no_answer_later(trace: Trace) -> None:
    """For every part of any trace."""
    was = tree(trace)
    before = replay(was, Effect()).answer
    for index in range(len(was.nodes)):
        assert replay(was, Effect(lengths={index: 0.0})).answer <= before + 1e-5


def calls(*times: tuple[str, float, float], until: float = 1.0) -> TraceTree:
    """A function that makes these calls."""
    inner = [part(name, start, end, namespace="aws") for name, start, end in times]
    return grown(part("f", 0.0, until, *inner, origin=FUNCTION))


@pytest.mark.parametrize(
    ("times", "shorter", "answer"),
    [
        ([("a", 0.1, 0.5), ("b", 0.5, 0.9)], "a", 0.6),  # what follows comes earlier
        ([("a", 0.1, 0.5), ("b", 0.1, 0.4)], "a", 0.9),  # the other one is waited for then
        ([("a", 0.1, 0.5), ("b", 0.1, 0.4)], "b", 1.0),  # nobody waited for it
        ([("a", 0.1, 0.5), ("b", 0.1, 0.4), ("c", 0.6, 0.9)], "a", 0.9),  # c waits for both
        ([("a", 0.1, 0.5), ("b", 0.1, 0.4), ("c", 0.45, 0.9)], "a", 1.0),  # c waits for b alone
        ([("a", 0.1, 0.5), ("b", 0.1, 0.4), ("c", 0.45, 0.9)], "b", 0.7),
    ],
)
def test_what_waits_for_what_follows_from_the_times(
    times: list[tuple[str, float, float]], shorter: str, answer: float
) -> None:
    """A call without its time, in a function of one second."""
    was = calls(*times)
    assert replay(was, Effect(lengths={named(was, shorter): 0.0})).answer == pytest.approx(answer)


def test_a_call_begins_with_another_one() -> None:
    """Three calls of 0.2 s after 0.1 s, with a pause of 0.05 s between them: one beside the other, a pause after it."""
    was = calls(("a", 0.1, 0.3), ("b", 0.35, 0.55), ("c", 0.6, 0.8), until=0.9)
    a, b, c = (named(was, name) for name in "abc")
    now = replay(was, Effect(after={b: a, c: b}))
    assert [now.starts[index] for index in (a, b, c)] == pytest.approx([0.1, 0.15, 0.2])
    assert now.answer == pytest.approx(0.5)


def test_what_a_function_does_by_itself_is_scaled() -> None:
    """0.1 s before, 0.1 s between and 0.4 s after its calls are its own; the calls stay."""
    was = calls(("a", 0.1, 0.3), ("b", 0.4, 0.6))
    assert replay(was, Effect(scales={0: 0.5})).answer == pytest.approx(0.4 + 0.3)


def test_asynchronous_work_moves_with_what_starts_it_and_is_not_waited_for() -> None:
    """An API whose function puts an object, which starts another one for longer than the answer takes."""
    was = grown(
        part("api", 0.0, 1.0, part("put", 0.5, 0.6, namespace="aws"), part("scan", 0.0, 0.4, namespace="aws")),
        part("thumb", 0.8, 5.0, origin=FUNCTION, parent_id="put"),
    )
    now = replay(was, Effect(lengths={named(was, "scan"): 0.0}))
    assert now.answer == pytest.approx(0.6)
    assert now.starts[named(was, "thumb")] == pytest.approx(0.4)
    assert replay(was, Effect(lengths={named(was, "thumb"): 0.0})).answer == pytest.approx(1.0)


def test_a_caller_that_gave_up_waits_no_longer_than_it_did() -> None:
    """It had its failure after a second, what it called took ten; shortened to half a second, the call ends then."""
    was = grown(
        part("api", 0.0, 2.0, part("call", 0.5, 1.5, namespace="remote", fault=True), origin="AWS::ApiGateway::Stage"),
        part("pricer", 0.6, 10.0, origin="AWS::ECS::Container", parent_id="call"),
    )
    pricer = named(was, "pricer")
    assert replay(was, Effect(lengths={pricer: 0.5})).answer == pytest.approx(0.5 + 0.6 + 0.5)
    assert replay(was, Effect(lengths={pricer: 5.0})).answer == pytest.approx(2.0)


def test_an_event_that_nobody_waits_for_ends_with_its_last_part() -> None:
    """Lambda's own segment of an asynchronous invocation is over at once; its attempts are what takes time."""
    was = grown(
        part("f", 0.0, 0.1, part("Dwell Time", 0.0, 0.2), part("Attempt #1", 0.2, 3.0), id="s", origin="AWS::Lambda"),
        part("f", 0.3, 2.9, part("scan", 0.5, 2.5, namespace="aws"), id="f", parent_id="s", origin=FUNCTION),
    )
    assert replay(was, Effect()).answer == pytest.approx(3.0)


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_random_programs_replayed_without_a_change_are_as_they_were(seed: int) -> None:
    """Every part begins and ends when it did, whatever clocks, retries, asynchronous work and events there are."""
    was = tree(program(seed))
    then = replay(was, Effect())
    assert then.starts == pytest.approx([start - was.start for start in was.starts], abs=1e-6)
    assert then.ends == pytest.approx([end - was.start for end in was.ends], abs=1e-6)


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_what_only_shortens_never_lengthens(seed: int) -> None:
    """Calls that take no time, parts that are faster, gaps that close: nobody waits longer, not by a clock's grain."""
    was, random = tree(program(seed)), Random(seed)
    chosen = [index for index in range(1, len(was.nodes)) if random.random() < 0.3]
    before = replay(was, Effect()).answer
    for effect in (
        Effect(lengths=dict.fromkeys(chosen, 0.0)),
        Effect(scales={index: random.random() for index in chosen}),
        Effect(gaps=dict.fromkeys(chosen, 0.0)),
    ):
        assert replay(was, effect).answer <= before + 1e-6


def test_a_sibling_that_follows_by_a_clock_of_milliseconds_moves_with_the_one_before() -> None:
    """It seems to begin 0.7 ms before that ends, or the SDK names what it waited for."""
    for begins, precursors in ((0.5, ()), (0.45, ("first",))):
        first = Segment("first", "first", 0.1, 0.5007, namespace="aws")
        second = Segment("second", "second", begins, 0.9, namespace="aws", precursors=precursors)
        was = grown(Segment("web", "web", 0.0, 1.0, subsegments=(first, second)))
        assert replay(was, Effect(lengths={1: 0.0})).answer == pytest.approx(0.6, abs=0.06)
