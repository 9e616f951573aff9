"""Both paths are those of the definition, on random traces of programs and on any heap of segments."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.critical_path import answer_path, critical_path
from shopfast_obs.analysis.traces.tree import tree
from tests.analysis.traces.path_oracle import Oracle, at
from tests.analysis.traces.random_traces import program


@settings(max_examples=1000)
@given(st.integers(0, 2**32))
def test_both_paths_of_random_programs_are_those_of_the_definition(seed: int) -> None:
    """At each instant the same part; the times of a path's parts add up to the answer, or to the end."""
    grown = tree(program(seed))
    oracle = Oracle(grown)
    to_end = critical_path(grown)
    answer = answer_path(grown, to_end)
    for moment in oracle.moments(grown.ends[0]):
        assert at(answer.slices, moment) == oracle.to_answer(moment), f"answer at {moment:.6f}"
    for moment in oracle.moments(max(grown.ends)):
        assert at(to_end.slices, moment) == oracle.to_end(moment), f"end at {moment:.6f}"
    assert abs(sum(end - start for start, end, *_ in answer.slices) - (grown.ends[0] - grown.start)) < 1e-6
    assert abs(sum(end - start for start, end, *_ in to_end.slices) - grown.duration) < 1e-6
