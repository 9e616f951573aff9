"""Rule lambda-outlives-api."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.api.gives_up_first import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import HTTP_API, HTTP_INTEGRATION, HTTP_ROUTE, REST_METHOD, Gap, Resource
from tests.diagnose.builders import clear, declared, finished, found, function, observed, undecided, written

WEB = function(Timeout=60, MemorySize=512)
URI = "arn:aws:lambda:x:1:function:web"
DOOR = Resource(REST_METHOD, "GET /", properties={"Integration": {"Uri": URI}})
SIZE = {"memory_mb": 512}


def test_found_when_the_api_gives_up_first() -> None:
    """An information until a request was that slow."""
    log = written(WEB, finished(1, 35.0, **SIZE), finished(2, 1.0, **SIZE))
    finding = found(RULE.check(WEB, observed(WEB, DOOR, logs=log)))
    assert (
        "may run 60 s, and the REST API before it gives up after 29 s: 1 request took longer than that" in finding.title
    )
    assert (finding.severity, finding.harm) == (Severity.HIGH, 1)
    assert found(RULE.check(WEB, declared(WEB, DOOR))).severity is Severity.INFO


def test_found_for_an_http_api_with_its_own_wait() -> None:
    """30 s unless it says otherwise."""
    own = Resource(HTTP_INTEGRATION, "i", properties={"IntegrationUri": {"Ref": "Web"}, "TimeoutInMillis": 5000})
    assert "the HTTP API before it gives up after 5 s" in found(RULE.check(WEB, declared(WEB, own))).title


@pytest.mark.parametrize(
    "integration",
    [
        {"ResponseTransferMode": "STREAM"},
        {"Uri": "arn:aws:apigateway:x:lambda:path/2021-11-15/functions/arn:aws:lambda:x:1:function:web/"
                "response-streaming-invocations"},
        {"RequestParameters": {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}},
        {"RequestParameters": {"integration.request.header.X-Amz-Invocation-Type": "method.request.header.Mode"}},
    ],
)  # fmt: skip
def test_clear_when_the_api_does_not_wait(integration: dict[str, object]) -> None:
    """An answer that streams may take 15 minutes, and an asynchronous one is given at once."""
    door = Resource(REST_METHOD, "GET /", properties={"Integration": {"Uri": URI, **integration}})
    assert clear(RULE.check(WEB, declared(WEB, door))) == "no API integration calls it"


def test_found_when_it_streams_with_a_time_of_its_own() -> None:
    """The time that it names counts."""
    said = {"Uri": URI, "ResponseTransferMode": "STREAM", "TimeoutInMillis": 45_000}
    door = Resource(REST_METHOD, "GET /", properties={"Integration": said})
    assert "gives up after 45 s" in found(RULE.check(WEB, declared(WEB, door))).title


def socket(key: str) -> list[Resource]:
    """A WebSocket API with one route to the function."""
    return [
        Resource(HTTP_API, "Chat", "Chat", properties={"ProtocolType": "WEBSOCKET"}),
        Resource(HTTP_INTEGRATION, "Talk", "Talk", properties={"ApiId": "Chat", "IntegrationUri": URI}),
        Resource(
            HTTP_ROUTE,
            "R",
            "R",
            properties={"RouteKey": key, "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Talk"}]]}},
        ),
    ]


def test_a_websocket_api_waits_29_s_but_not_for_a_goodbye() -> None:
    """Nobody is connected any more when $disconnect runs."""
    finding = found(RULE.check(WEB, declared(WEB, *socket("$default"))))
    assert "the WebSocket API before it gives up after 29 s" in finding.title
    assert clear(RULE.check(WEB, declared(WEB, *socket("$disconnect")))) == "no API integration calls it"


def test_clear_when_the_function_ends_first() -> None:
    """Or no API calls it."""
    quick = function(Timeout=10)
    assert clear(RULE.check(quick, declared(quick, DOOR))) == "its 10 s are within the 29 s of the REST API"
    assert clear(RULE.check(WEB, declared(WEB))) == "no API integration calls it"


def test_no_data_when_the_apis_could_not_be_read() -> None:
    """Or a parameter decides."""
    context = observed(WEB, gaps=[Gap("REST APIs", "denied", (REST_METHOD,))])
    assert undecided(RULE.check(WEB, context)) == "REST APIs: denied"
    left = function(Timeout={"Ref": "T"})
    assert "parameter" in undecided(RULE.check(left, declared(left, DOOR)))
