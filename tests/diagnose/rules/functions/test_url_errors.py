"""Rule url-errors-unseen."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.url_errors import RULE
from shopfast_obs.model.telemetry import MetricSeries
from tests.diagnose.builders import clear, found, function, metric, observed

WEB = function()


def counted(failed: float, errors: float) -> list[MetricSeries]:
    """A hundred requests to the URL."""
    values = {"UrlRequestCount": 100, "Url5xxCount": failed, "Errors": errors}
    return [metric("AWS/Lambda", name, value, FunctionName="web") for name, value in values.items()]


def test_found_when_no_error_counts_them() -> None:
    """The handler answers 500 itself."""
    finding = found(RULE.check(WEB, observed(WEB, metrics=counted(8, 0))))
    assert "8 % of the requests to its URL with a 5xx that no error counts (8 of 100)" in finding.title


def test_clear_when_they_are_counted() -> None:
    """Each is an error of the function."""
    assert "all counted as errors" in clear(RULE.check(WEB, observed(WEB, metrics=counted(8, 8))))
    assert clear(RULE.check(WEB, observed(WEB, metrics=counted(0, 0)))) == "none of 100 requests got a 5xx"
