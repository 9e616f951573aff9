"""Which invocation a line belongs to."""

import json

from shopfast_obs.diagnose.functions.episodes import count
from shopfast_obs.diagnose.functions.requests import requests
from shopfast_obs.parse.logs.correlation import Wanted, related
from shopfast_obs.parse.logs.failures import failures
from shopfast_obs.parse.logs.open_requests import OpenRequests
from shopfast_obs.testing import log_events
from tests.diagnose.builders import function, observed

GROUP = "/aws/lambda/web"
ONE, OTHER = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))


def start(request: str) -> str:
    """As Lambda writes it in JSON."""
    return json.dumps({"type": "platform.start", "record": {"requestId": request}})


def report(request: str, status: str = "success") -> str:
    """As Lambda writes it in JSON."""
    metrics = {"durationMs": 10, "billedDurationMs": 10, "memorySizeMB": 2048, "maxMemoryUsedMB": 100}
    record = {"requestId": request, "status": status, "metrics": metrics}
    return json.dumps({"type": "platform.report", "record": record})


def said(request: str, message: str, level: str = "INFO") -> str:
    """A line of a structured log."""
    return json.dumps({"level": level, "message": message, "requestId": request})


BOTH = (
    start(ONE),
    start(OTHER),
    said(OTHER, "second begins"),
    said(ONE, "first fails", "ERROR"),
    "a line of nobody",
    report(OTHER),
    "a line of the first",
    report(ONE, "error"),
    "a line between",
)


def test_several_requests_are_told_apart_by_the_id_that_a_line_names() -> None:
    """While one is alone, its lines need none."""
    served = OpenRequests()
    assert [served.take(message) for message in BOTH] == [ONE, OTHER, OTHER, ONE, "", OTHER, ONE, ONE, ""]


def test_a_start_in_text_stands_alone() -> None:
    """Such a log has one request at a time, even where an END was lost."""
    served = OpenRequests()
    served.take(f"START RequestId: {ONE} Version: $LATEST")
    served.take(f"START RequestId: {OTHER} Version: $LATEST")
    assert (served.only, served.take("a line")) == (OTHER, OTHER)


def test_a_failure_is_its_own_requests() -> None:
    """Not that of the request which began last."""
    events = log_events(GROUP, [(100.0 + n, line) for n, line in enumerate(BOTH)])
    found = failures(events).failures
    assert {failure.request_id for failure in found} == {ONE}


def test_the_lines_of_a_request_are_its_own() -> None:
    """`logs ID` shows no line of the others."""
    events = log_events(GROUP, [(100.0 + n, line) for n, line in enumerate(BOTH)])
    shown = related(events, Wanted((ONE,)))
    assert [line.event.message for line in shown] == [BOTH[0], BOTH[3], BOTH[6], BOTH[7]]


def test_rules_count_invocations_by_their_ids() -> None:
    """Two failed lines of two requests are two episodes, and each request has its own words."""
    web = function(MemorySize=2048)
    context = observed(web, logs={GROUP: log_events(GROUP, [(1_800_000_000.0 + n, m) for n, m in enumerate(BOTH)])})
    spoken = [event for event in context.events(web) if '"level"' in event.message]
    assert count(web, context, spoken) == 2
    assert {one.report.request_id: one.said for one in requests(web, context)} == {OTHER: BOTH[2], ONE: BOTH[6]}
