"""Reports on one trace, on few and on many: no figure claims more than so many traces tell."""

import pytest

from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.report.traces import trace_report
from shopfast_obs.testing import function_trace


def titles_and_text(count: int) -> tuple[list[str], str]:
    """The sections of a report on so many traces, and everything in it."""
    traces = [function_trace(f"1-5e34a614-{n:024x}", 100.0 + n, init=0.5 if n == 0 else None) for n in range(count)]
    report = trace_report(overview(traces), "of a test", look="shopfast-obs trace {id} --input 'a b'")
    text = [cell for one in report.sections for row in (one.columns, *one.rows) for cell in row]
    text += [line for one in report.sections for line in one.lines]
    return [one.title for one in report.sections], "\n".join(text)


@pytest.mark.parametrize("count", [2, 19])
def test_few_traces_have_no_percentiles_and_no_confidence(count: int) -> None:
    """The median and the longest instead, and the command that shows the slowest."""
    titles, text = titles_and_text(count)
    assert "Confidence" not in titles
    assert "p95" not in text
    assert "median / longest" in text
    assert "The slowest as a waterfall: shopfast-obs trace 1-5e34a614-000000000000000000000000 --input 'a b'" in text


def test_twenty_traces_have_both() -> None:
    """And no single one is pointed to."""
    titles, text = titles_and_text(20)
    assert "Confidence" in titles
    assert "p50 / p95 / p99 / max" in text
    assert "Next" not in titles


def test_one_trace_is_short() -> None:
    """What its waterfall shows is left to it."""
    titles, text = titles_and_text(1)
    assert titles == ["At a glance", "What customers waited for", "Next"]
    assert "The one request did not fail." in text
    assert "Most waiting is for GET /web (700 ms)" in text
    assert "It waited 500 ms for a cold start." in text
    assert "It as a waterfall: shopfast-obs trace 1-5e34a614-000000000000000000000000" in text
    assert "p50" not in text


def test_a_cold_start_of_work_that_goes_on_is_nobodys_waiting() -> None:
    """The function that an event starts is initialised while the customer has the answer."""
    job = function_trace("1-5e34a614-000000000000000000000000", 102.0, init=0.5).segments
    web = Segment("web", "web", 100.0, 101.0, origin="AWS::ECS::Container", http={"request": {"url": "https://x/buy"}})
    later = tuple(one._replace(parent_id=one.parent_id or "web") for one in job)
    found = overview([Trace("1-5e34a614-000000000000000000000000", (web, *later))])
    assert [summary.cold_starts for summary in found.traces] == [0]
    assert [(starts.cold, starts.on_path) for starts in found.cold_starts] == [(1, 0)]
    report = trace_report(found, "of a test", look="shopfast-obs trace {id}")
    assert not any("cold start" in line for one in report.sections for line in one.lines)
