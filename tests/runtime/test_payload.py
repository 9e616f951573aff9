"""An id in a payload: put in without another change, taken out to the byte."""

import base64
import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopfast_obs.runtime import payload

OBJECTS = [
    '{"a": 1}',
    "{}",
    "{ }",
    ' \n{  "a":1e400, "a": 1.0}',
    '{"a":"{\\"b\\""}',
    '{"x":{"y":[{}]}}',
    '{"ü":"\\u00fc"}',
]
OTHERS = ["{hello world}", "{{x}}", "[1]", '"{}"', "", "   ", '{"a": NaN}', '{"a": 1} tail', "{'a': 1}", "\ufeff{}"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("text", OBJECTS)
def test_an_object_comes_back_to_the_byte(text: str) -> None:
    """Whatever its numbers, its spaces and the twins among its keys."""
    told = payload.injected(text, "r-1")
    assert json.loads(told)[payload.KEY] == "r-1"
    assert payload.without(told) == text


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(), JSON, max_size=4), st.sampled_from([None, 1]), st.booleans())
def test_any_object_comes_back(document: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    """Also as JSON within JSON, as SNS puts it into a queue, and when a service has written it anew."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    told = payload.injected(text, "r-1")
    assert payload.without(told) == text
    assert json.loads(payload.without(json.dumps({"Message": told}))) == {"Message": text}
    assert json.loads(payload.without(json.dumps(json.loads(told), sort_keys=True))) == document


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_json_object_stays(text: str) -> None:
    """It is somebody else's format."""
    assert payload.injected(text, "r-1") == text


def test_an_object_that_has_an_id_keeps_it() -> None:
    """The application's own, and one of who began."""
    for text in ('{"_correlation_id": "own"}', payload.injected("{}", "first")):
        assert payload.injected(text, "r-1") == text


def test_an_id_that_would_need_escapes_is_not_put_in() -> None:
    """It could not be found again in JSON within JSON."""
    assert payload.injected("{}", 'a"b') == "{}"


def test_a_payload_never_grows_over_a_limit() -> None:
    """256 KiB was the limit everywhere, 1 MB is it today; beyond the former there is room up to the latter."""
    for size in (256 * 1024, 1_000_000, 1024 * 1024):
        text = json.dumps({"a": "x" * (size - 20)})
        assert len(text) <= size and payload.injected(text, "r-1") == text
    assert payload.injected(json.dumps({"a": "x" * 500_000}), "r-1").startswith('{"_shopfast_obs')


def encoded(text: str) -> str:
    """As streams bring it."""
    return base64.b64encode(text.encode()).decode()


def events(detail: str) -> list[Any]:
    """What brings a payload to a function."""
    return [
        json.loads(detail),
        {"detail-type": "OrderPlaced", "detail": json.loads(detail)},
        {"task": "pay", "order": {"input": json.loads(detail)}},
        {"Records": [{"eventSource": "aws:sqs", "body": f'{{"detail": {detail}}}'}] * 2},
        {"Records": [{"eventSource": "aws:sqs", "body": json.dumps({"Message": f'{{"detail": {detail}}}'})}]},
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": f'{{"detail": {detail}}}'}}]},
        {"Records": [{"kinesis": {"data": encoded(detail)}}, {"kinesis": {"data": encoded("\0" + detail)}}]},
        {"records": [{"recordId": "1", "data": encoded(f'{{"detail":{detail}}}')}]},
        [{"eventSource": "aws:kinesis", "data": encoded("  " + detail)}],
    ]


def test_a_receiver_sees_what_the_producer_made() -> None:
    """In the very event that it was given, however it came."""
    plain = '{"order": 1, "total": 10.00}'
    for event, expected in zip(events(payload.injected(plain, "r-1")), events(plain), strict=True):
        payload.take_out(event)
        assert event == expected


@pytest.mark.parametrize(
    "event",
    [
        None,
        "text",
        7,
        {"_correlation_id": "the application's own"},
        {"_shopfast_obs_correlation_id": {"not": "ours"}},
        {"body": None, "Records": "x", "records": {"topic-0": [{"value": "e30="}]}},
        {"Records": [None, {"body": 1, "kinesis": None, "Sns": "x"}, {"kinesis": {"data": "%%%"}}]},
        {"Records": [{"kinesis": {"data": base64.b64encode(b"\xff_shopfast_obs_correlation_id").decode()}}]},
    ],
)
def test_everything_else_stays(event: Any) -> None:
    """Nobody's fields are taken for ours."""
    before = copy.deepcopy(event)
    payload.take_out(event)
    assert event == before


def test_a_record_beyond_the_first_hundreds_is_looked_at() -> None:
    """SQS brings up to 10,000."""
    event = {"Records": [{"body": payload.injected("{}", f"r-{n}")} for n in range(5000)]}
    payload.take_out(event)
    assert {record["body"] for record in event["Records"]} == {"{}"}
