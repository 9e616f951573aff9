"""X-Ray's filter expressions: every one of the developer guide parses and means what the guide says."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.filter.evaluation import compile_filter
from shopfast_obs.analysis.traces.filter.parser import FilterError
from shopfast_obs.model.telemetry import Segment, Trace, TracedException

SHARED = Path(__file__).parents[4].parent / "shared" / "data" / "xray-filter-expressions.txt"
GROUPS = {"high_response_time": "responsetime > 5", "everything": ""}


def part(name: str, start: float = 0.0, end: float | None = 1.0, **more: Any) -> Segment:
    """A segment or subsegment; its id is its name unless one is given."""
    return Segment(**{"id": name, "name": name, "start": start, "end": end, **more})


def trace(*segments: Segment) -> Trace:
    """A trace of some segments."""
    return Trace("1-0-0", segments)


def http(status: int = 200, url: str = "http://api.example.com/v2/items", **request: str) -> dict[str, Any]:
    """The http section of a segment."""
    return {"request": {"url": url, "method": "GET", **request}, "response": {"status": status}}


DENIED = TracedException("AccessDenied", "Access Denied for account_id: 1")
DESERIALIZE = part(
    "deserialize", 1, 5.8, fault=True, id="query", namespace="aws", exceptions=(TracedException("E", "no"),)
)
# api.example.com calls backend.example.com, which fails in a table; the client gets a 500 after 6 seconds of 8.
FAILED = trace(
    part(
        "api.example.com", 0, 6, fault=True, user="alice", http=http(500, client_ip="10.0.0.1", user_agent="curl/8"),
        annotations={"gameid": "817DL6VO", "age": 30, "vip": True}, origin="AWS::ApiGateway::Stage",
        aws={"account_id": "111"}, resource_arn="arn:aws:apigateway:x",
        subsegments=(part("calls", 0, 6, fault=True, error=True, id="via", namespace="remote"),),
    ),
    part(
        "backend.example.com", 1, 5.9, parent_id="via", fault=True, error=True, origin="AWS::Lambda::Function",
        aws={"account_id": "222", "ec2": {"instance_id": "i-1", "availability_zone": "us-east-1a"}},
        subsegments=(DESERIALIZE,),
    ),
    part(
        "DynamoDB", 1, 5.7, id="inferred", parent_id="query", fault=True, inferred=True, origin="AWS::DynamoDB::Table",
        aws={"resource_names": ["traces"]}, exceptions=(DENIED,),
    ),
    part("after", 6, 8, parent_id="via", origin="AWS::SNS"),
)  # fmt: skip
HEALTHY = trace(part("web", 0, 0.1, http=http(200, "http://web.example.com/api/game/1")))
PARTIAL = trace(part("web", 0, None), part("child", 0, 1, parent_id="web"))
THROTTLED = trace(part("web"), part("table", parent_id="web", error=True, throttle=True))
SLOW = trace(
    part("web", 0, 10, subsegments=(part("traces", 0, 9, id="slow", namespace="remote"),)),
    part("remote-service", 0, 9, id="r", parent_id="slow", inferred=True),
)
TRACES = {"failed": FAILED, "healthy": HEALTHY, "partial": PARTIAL, "throttled": THROTTLED, "slow": SLOW}


def matching(expression: str) -> set[str]:
    """The names of the traces that match."""
    compiled = compile_filter(expression, GROUPS)
    return {name for name, one in TRACES.items() if compiled.matches(one)}


ALL = set(TRACES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # of the developer guide, some with the names of the traces above
        ("responsetime > 5", {"failed", "slow"}),
        ("duration >= 5 AND duration <= 8", {"failed"}),
        ("ok", ALL - {"failed"}),
        ("!ok", {"failed"}),
        ("ok = false", {"failed"}),
        ('rootcause.fault.entity { last and name = "DynamoDB" }', {"failed"}),
        ('rootcause.fault.entity { last and name = "deserialize" }', set()),
        ('rootcause.fault.entity { name = "deserialize" }', {"failed"}),
        ('rootcause.responsetime.entity { remote and coverage > 0.7 and name = "traces" }', {"slow"}),
        ('rootcause.fault.service { inferred and name = traces and type = "AWS::DynamoDB::Table" }', {"failed"}),
        ('service("api.example.com") {root = true and fault = true}', {"failed"}),
        ('service("backend.example.com") {root = true and fault = true}', set()),
        ("http.status != 200", {"failed"}),
        ("ok !partial duration <3", {"healthy", "throttled"}),
        ("rootcause.fault.service { index > 1 }", {"failed"}),
        ("rootcause.fault.service { index > 5 }", set()),
        ("rootcause.responsetime.entity { last and coverage > 0.8 }", {"healthy", "throttled", "slow"}),
        ('http.url CONTAINS "/api/game/"', {"healthy"}),
        ('user CONTAINS ""', {"failed"}),
        ('rootcause.fault.service { name = "backend.example.com" }', {"failed"}),
        ('rootcause.fault.service { first and name = "backend.example.com" }', set()),
        ('rootcause.fault.exception { last and message = "Access Denied for account_id: 1" }', {"failed"}),
        ('rootcause.fault.exception { first and name = "E" }', {"failed"}),
        ("rootcause.error.service", {"failed", "throttled"}),
        ('service("api.example.com") { fault }', {"failed"}),
        ("service() { fault }", {"failed"}),
        ('edge("api.example.com", "backend.example.com") { error }', {"failed"}),
        ('edge("backend.example.com", "api.example.com") { error }', set()),
        ('http.url BEGINSWITH "http://api.example.com/" AND http.url CONTAINS "/v2/"', {"failed"}),
        ('http.url CONTAINS "/v2/" AND !service("api.example.com")', set()),
        ('http.url ENDSWITH "/1"', {"healthy"}),
        ("http.url AND responseTime > 2", {"failed"}),
        ('annotation.gameid = "817DL6VO"', {"failed"}),
        ("annotation.age", {"failed"}),
        ("!annotation.age", ALL - {"failed"}),
        ("annotation.age > 29", {"failed"}),
        ("annotation[age] > 29", {"failed"}),
        ("annotation.age > 30", set()),
        ("annotation.vip = true", {"failed"}),
        ('annotation.age = "30"', set()),
        ('group.name = "high_response_time" AND user = "alice"', {"failed"}),
        ('group.name = "everything"', ALL),
        ('service(id(name: "traces", type:"AWS::DynamoDB::Table")) { fault }', {"failed"}),
        ('service("DynamoDB")', {"failed"}),
        ('service(id(type: "AWS::Lambda::Function")) { error }', {"failed"}),
        ('service(id(account.id: "222"))', {"failed"}),
        ('service(id(account.id: "333"))', set()),
        ('edge(id(name: "api.example.com"), id(type: "AWS::SNS"))', {"failed"}),
        # the rest of the grammar
        ("partial", {"partial"}),
        ("throttle", {"throttled"}),
        ("error", set()),
        ("fault OR partial AND ok", {"failed", "partial"}),
        ("(fault OR partial) AND ok", {"partial"}),
        ("!(fault OR partial)", {"healthy", "throttled", "slow"}),
        ("!!fault", {"failed"}),
        ("FAULT and NAME = api.example.com", {"failed"}),
        ('http.method = "GET" http.clientip = "10.0.0.1" http.useragent BEGINSWITH "curl"', {"failed"}),
        ('instance.id = "i-1" availabilityzone = "us-east-1a" resource.arn CONTAINS "apigateway"', {"failed"}),
        ('type = "AWS::ApiGateway::Stage"', {"failed"}),
        ("root", ALL),
        ("service() { inferred }", {"failed", "slow"}),
        ("service() {}", ALL),
        ("coverage > 0", set()),
        (r'user != "ali\"ce"', {"failed"}),
        (
            'rootcause.json = #[{"Services": [{"Name": "web", "EntityPath": [{"Name": "web"}, {"Name": "traces"}]}, '
            '{"Name": "remote-service", "EntityPath": [{"Name": "remote-service"}]}]}]',
            {"slow"},
        ),
        ("rootcause.json = #[]", set()),
    ],
)
def test_an_expression_finds_the_traces_that_it_means(expression: str, expected: set[str]) -> None:
    """And no other."""
    assert matching(expression) == expected


@pytest.mark.skipif(not SHARED.exists(), reason="the list of documented expressions is not beside this checkout")
def test_every_expression_of_the_guide_parses() -> None:
    """Word for word."""
    lines = [line for line in SHARED.read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) > 30
    for line in lines:
        compile_filter(line, GROUPS)


@pytest.mark.parametrize(
    "expression",
    [
        "nonsense", "ok =", "ok > 3", "duration CONTAINS \"x\"", "user = 5", "= 5", "service(",
        "service(\"a\", \"b\")",
        "edge(\"a\")", "service(id(color: \"red\"))", "ok)", "(ok", "ok {fault}", "service() {", "\"text\"",
        "ok AND", "!",
        "rootcause.json = #{", "rootcause.json = #3", "rootcause.x.y {ok}", "annotation.", "group.name = \"unknown\"",
        "duration > 1 > 2", "(" * 500 + "ok" + ")" * 500, "!" * 500 + "ok", "ok " * 1000, "user = \"x", "",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(expression: str) -> None:
    """By a FilterError that says why."""
    with pytest.raises(FilterError, match=r"\w"):
        compile_filter(expression, GROUPS)


def test_an_empty_trace_matches_nothing() -> None:
    """There is nothing that could be meant."""
    assert not compile_filter("!fault").matches(trace())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *("ok", "!", "(", ")", "{", "}", "AND", "OR", "service", "edge", "duration", ">", "=", "5", '"a"', ","),
                *("id(name:", "annotation.x", "rootcause.fault.entity", "rootcause.json", "#", "[1]", "group.name"),
                *("CONTAINS", "\\", "é"),
            ]
        ),
        max_size=12,
    )
)
def test_no_text_crashes_parser_or_matcher(words: list[str]) -> None:
    """A verdict or a FilterError."""
    with contextlib.suppress(FilterError):
        matching(" ".join(words))
