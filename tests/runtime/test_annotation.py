"""The trace is found by the correlation id."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.context import Context

from shopfast_obs.runtime import annotation, correlation


@pytest.fixture
def sent() -> Iterator[list[dict[str, Any]]]:
    """The documents that the X-Ray SDK would send; its own context is back afterwards."""
    documents: list[dict[str, Any]] = []

    class Emitter:
        def send_entity(self, entity: Any) -> None:
            documents.append(json.loads(entity.serialize()))

    before = xray_recorder.context, xray_recorder.emitter
    xray_recorder.context, xray_recorder.emitter = Context(), Emitter()
    yield documents
    xray_recorder.context, xray_recorder.emitter = before


def begun(number: str) -> None:
    """A request with that number, as the decorator begins one."""
    correlation.begin(number)
    annotation.begin()


def test_what_a_request_opens_first_has_its_number(sent: list[dict[str, Any]]) -> None:
    """Not what is inside of it, until a record of a batch has another one."""
    begun("one")
    with xray_recorder.in_segment("function", sampling=1), xray_recorder.in_subsegment("handler"):
        with xray_recorder.in_subsegment("inner"):
            pass
        begun("two")
        with xray_recorder.in_subsegment("record"):
            pass
    (handler,) = sent[0]["subsegments"]
    assert handler["annotations"] == {"correlation_id": "one"}
    inner, record = handler["subsegments"]
    assert "annotations" not in inner
    assert record["annotations"] == {"correlation_id": "two"}


def test_without_a_request_nothing_is_annotated(sent: list[dict[str, Any]]) -> None:
    """The SDK works as without us."""
    begun("")
    with xray_recorder.in_segment("function", sampling=1), xray_recorder.in_subsegment("handler"):
        pass
    assert "annotations" not in sent[0]["subsegments"][0]
