"""The trace header with the correlation id among its fields."""

import pytest
from aws_xray_sdk.core.models.trace_header import TraceHeader

from shopfast_obs.runtime import trace_header

ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a:0"


@pytest.mark.parametrize("value", ["abc", "1-5759e988-bd862e3fe1be46a994272794", "a b;c=d", "größe", "x" * 128])
def test_an_id_comes_back_from_the_header(value: str) -> None:
    """Also one with characters that the header gives a meaning, and after the X-Ray SDK has read and written it."""
    told = trace_header.carrying(ROOT, value)
    assert told.startswith(f"{ROOT};") and told.isascii() and len(told) <= 256
    assert trace_header.carried(told) == value
    assert trace_header.carried(TraceHeader.from_header_str(told).to_header_str()) == value
    assert trace_header.root(told) == "1-5759e988-bd862e3fe1be46a994272793"


def test_the_id_at_hand_replaces_another() -> None:
    """A batch has many: the header that came with it tells of one at most."""
    assert trace_header.carrying(f"{ROOT};CorrelationId=other", "abc") == f"{ROOT};CorrelationId=abc"


@pytest.mark.parametrize("value", ["1-5759e988-bd862e3fe1be46a994272793", "ü" * 100])
def test_nothing_is_added_that_is_there_already_or_too_long(value: str) -> None:
    """The trace's own id is in every header; StartExecution takes 256 characters."""
    assert trace_header.carrying(ROOT, value) == ROOT
    assert trace_header.carrying(f"{ROOT};CorrelationId=other", value) == ROOT


@pytest.mark.parametrize("header", ["", "Sampled=0", "nonsense"])
def test_a_header_without_a_trace_stays(header: str) -> None:
    """Nobody would hand it on."""
    assert trace_header.carrying(header, "abc") == header
    assert trace_header.carried(header) == ""
