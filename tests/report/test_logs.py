"""Log lines in short: each says something, whoever wrote it."""

import json

import pytest

from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.parse.logs.correlation import Line
from shopfast_obs.report.logs import names, said, text_line, told

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


TRACEBACK = """Traceback (most recent call last):
  File "/var/task/app.py", line 12, in handler
    price(o)
KeyError: 'total'"""


@pytest.mark.parametrize(
    "message",
    [
        f"[ERROR]\t2026-03-02T10:00:00.200Z\t8f507cfc-1234-4697-b07a-ac58fc914c95\tcannot price\n{TRACEBACK}",
        f"[ERROR] cannot price\r{TRACEBACK}".replace("\n", "\r"),
        json.dumps({"level": "ERROR", "message": "cannot price", "exception": TRACEBACK}),
        json.dumps({"level": "ERROR", "message": "cannot price", "stackTrace": TRACEBACK.splitlines(keepends=True)}),
        json.dumps({"level": "ERROR", "message": f"cannot price\n{TRACEBACK}"}),
    ],
)
def test_a_traceback_keeps_its_lines(message: str) -> None:
    """Whoever wrote it."""
    assert told(message) == ["ERROR cannot price", *TRACEBACK.splitlines()]


def test_many_lines_are_the_first_and_the_last() -> None:
    """A traceback of a thousand frames says where it began and what was raised."""
    found = told("\n".join(["Traceback (most recent call last):", *(f"  frame {n}" for n in range(1000)), "KeyError"]))
    assert len(found) == 17
    assert (found[0], found[4], found[-1]) == ("Traceback (most recent call last):", "(986 lines left out)", "KeyError")


def test_lambdas_own_lines_are_one_line() -> None:
    """Its REPORT has a line break."""
    assert told("REPORT RequestId: 8f507cfc-1234-4697-b07a-ac58fc914c95\tDuration: 1 ms\t\nXRAY TraceId: 1-2-3\t") == [
        "REPORT RequestId: 8f507cfc-1234-4697-b07a-ac58fc914c95 Duration: 1 ms XRAY TraceId: 1-2-3"
    ]


def line(group: str, message: str) -> Line:
    """A line of a function."""
    return Line(LogEvent(0.5, message, f"/aws/lambda/{group}", "s"), "", matched=True, belongs=True)


def test_lines_stand_below_their_event_and_writers_are_told_apart() -> None:
    """Two functions with long names that differ in the middle."""
    lines = [line(f"shop-order-service-{stage}-of-the-shop-in-frankfurt", f"no\n{TRACEBACK}") for stage in ("a", "b")]
    called = names(lines, 80)
    assert len(set(called.values())) == 2
    first, second, *_ = text_line(lines[0], called=called).split("\n")
    assert first.startswith(" 00:00:00.500  ")
    assert second == "    Traceback (most recent call last):"
