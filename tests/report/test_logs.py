"""Log lines in short: each says something, whoever wrote it."""

import json

import pytest

from shopfast_obs.report.logs import said

METRICS = {
    "CloudWatchMetrics": [{"Namespace": "shop", "Dimensions": [[]], "Metrics": [{"Name": "Orders"}, {"Name": 7}]}]
}


@pytest.mark.parametrize(
    ("message", "short"),
    [
        ('{"level": "ERROR", "message": "cannot\\nreserve"}', "ERROR cannot reserve"),
        ("GET /products", "GET /products"),
        (
            '{"time": "t", "type": "platform.report", "record": {"requestId": "r", "status": "timeout"}}',
            "platform.report r timeout",
        ),
        (json.dumps({"_aws": METRICS, "Orders": 3}), "metrics Orders=3"),
        ('{"level": "INFO", "state": 4}', 'INFO {"level": "INFO", "state": 4}'),
        ('{"_aws": {"CloudWatchMetrics": [7]}}', '{"_aws": {"CloudWatchMetrics": [7]}}'),
    ],
)  # fmt: skip
def test_no_line_is_silent(message: str, short: str) -> None:
    """Structured, free text, Lambda's own in JSON, metrics, and what is none of these."""
    assert said(message) == short
