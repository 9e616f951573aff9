"""Overviews of parts of the traces, merged."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder, overview
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.telemetry import Trace
from shopfast_obs.report.json import written
from shopfast_obs.report.traces import trace_document
from shopfast_obs.testing import answered_early, function_trace
from tests.analysis.traces.test_critical_path import traces as any_trace

FIX = Deployment(12.0, "a deploy", "the journal", ("web",))


def mixed(others: list[Trace]) -> list[Trace]:
    """Random traces between some of which many are alike: cold, failed, answered early, twice the same id."""
    alike = [
        function_trace(f"1-{n:08x}-{n // 2:024x}", float(n), init=1.0 if n % 7 == 0 else None, fault=n % 5 == 0)
        for n in range(25)
    ]
    return [*alike[:12], *others, answered_early(), *alike[12:], Trace("1-none", ())]


@given(st.lists(any_trace(), max_size=6), st.lists(st.integers(0, 40), max_size=5), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_report_of_merged_parts_is_that_of_all(others: list[Trace], cuts: list[int], dice: random.Random) -> None:
    """Wherever the traces are cut, and in whichever order the parts are collected: merged in their order they tell the
    same, to the last digit."""
    whole = mixed(others)
    edges = [0, *sorted(cuts), len(whole)]
    parts = [(OverviewBuilder({}, [FIX]), whole[begin:end]) for begin, end in pairwise(edges)]
    for builder, own in dice.sample(parts, len(parts)):
        builder.take_all(own)
    total = OverviewBuilder({}, [FIX])
    for builder, _ in parts:
        total.merge(builder)
    assert written(trace_document(total.result(), None)) == written(trace_document(overview(whole, {}, [FIX]), None))
