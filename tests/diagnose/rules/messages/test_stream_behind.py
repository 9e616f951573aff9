"""Rule stream-behind."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.messages.stream_behind import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import START, clear, found, function, observed

WEB = function()


def behind(*values: float) -> MetricSeries:
    """The age of the iterator, minute after minute, in milliseconds."""
    points = tuple((START + 60 * n, value) for n, value in enumerate(values))
    return MetricSeries("AWS/Lambda", "IteratorAge", (("FunctionName", "web"),), "Maximum", 60, points)


def test_found_when_it_falls_back() -> None:
    """Graver while it grows."""
    finding = found(RULE.check(WEB, observed(WEB, metrics=[behind(70_000, 130_000)])))
    assert "web is 130 s behind its stream, and falls back further" in finding.title
    assert finding.severity is Severity.HIGH
    assert found(RULE.check(WEB, observed(WEB, metrics=[behind(90_000, 70_000)]))).severity is Severity.MEDIUM


def test_found_when_it_was_behind_and_caught_up() -> None:
    """In the past tense: what it is behind now would read as nothing."""
    finding = found(RULE.check(WEB, observed(WEB, metrics=[behind(90_000, 2_000)])))
    assert finding.title == "web was up to 90 s behind its stream, and is 2 s behind now"


def test_clear_when_it_keeps_up() -> None:
    """Or reads no stream."""
    assert clear(RULE.check(WEB, observed(WEB, metrics=[behind(900, 1200)]))) == "at most 1.2 s behind"
    assert clear(RULE.check(WEB, observed(WEB))) == "it reads no stream in the window"
