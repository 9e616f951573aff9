"""What strangers may send: documents, datagrams, expressions and bodies that nobody foresaw."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator

import botocore.session
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopfast_obs.analysis.traces.filter.evaluation import compile_filter
from shopfast_obs.analysis.traces.filter.parser import FilterError
from shopfast_obs.localcloud.gateway import trace_header
from shopfast_obs.localcloud.interface import ApiRequest
from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from shopfast_obs.localcloud.xray.assembly import assemble
from shopfast_obs.localcloud.xray.daemon import payload_of
from shopfast_obs.localcloud.xray.segment_validation import BadSegmentError, accept
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, running
from tests.localcloud.xray.test_robustness import ANYTHING, SEGMENT

ALPHABET = 'abcdeiknorstu.=!<>(){}[],:#"\\ 019é\n'
HEADER = b'{"format":"json","version":1}\n'
MODEL = botocore.session.get_session().get_service_model("xray")
PATHS = sorted({MODEL.operation_model(name).http["requestUri"] for name in MODEL.operation_names})
MEMBERS = sorted({m for n in MODEL.operation_names if (s := MODEL.operation_model(n).input_shape) for m in s.members})
JSON_TEXT = (SEGMENT | ANYTHING).map(lambda value: json.dumps(value).encode())


def damaged(text: bytes, place: int, by: bytes) -> bytes:
    """A document with something in it that does not belong there."""
    place %= len(text) + 1
    return text[:place] + by + text[place + len(by) :]


RAW = st.binary(max_size=80) | JSON_TEXT | st.builds(damaged, JSON_TEXT, st.integers(0, 500), st.binary(max_size=3))


@settings(max_examples=60, deadline=None)
@given(RAW)
def test_a_document_is_accepted_or_refused_with_a_code(raw: bytes) -> None:
    """And what is accepted can be put together."""
    try:
        segment = accept(raw)
    except BadSegmentError as problem:
        assert problem.code.isalpha()
    else:
        assert assemble([segment.document, segment.document], [(segment.id, segment.trace_id, segment.id)])


@settings(max_examples=40, deadline=None)
@given(RAW, st.sampled_from([b"", b"\n", HEADER, HEADER[:-1], HEADER + HEADER, b'{"format": "xml"}\n', b"json\n"]))
def test_a_datagram_holds_a_document_or_nothing(raw: bytes, header: bytes) -> None:
    """Whatever its header is."""
    with contextlib.suppress(BadSegmentError):
        assert payload_of(header + raw) in header + raw


WORDS = ["service", "edge", "rootcause.", "annotation.", "ok", "!", "{", "}", "(", ")", "=", "#", "[1]", "id("]


@settings(max_examples=200, deadline=None)
@given(st.text(ALPHABET, max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_a_text_is_an_expression_or_is_refused(text: str) -> None:
    """With a reason."""
    with contextlib.suppress(FilterError):
        compile_filter(text)


@settings(max_examples=200, deadline=None)
@given(
    st.text(ALPHABET, max_size=60)
    | st.lists(
        st.sampled_from(["Root=", "1-00000000-", "0" * 24, ";", "Parent=", "f" * 16, "Sampled=1", "=", "é"])
    ).map("".join),
    st.booleans(),
)
def test_a_trace_header_is_understood_or_left_out(header: str, active: bool) -> None:
    """What goes on from it is a header that every reader takes."""
    context = trace_header.decide(header, active, START)
    following = trace_header.decide(context.header("a" * 16), active=False)
    assert (following.root, following.parent, following.sampled) == (context.root, "a" * 16, context.sampled)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelemetryServices]:
    """Telemetry services that all examples share."""
    with running(tmp_path_factory.mktemp("fuzz"), HandClock(), RecordingApplication()) as opened:
        yield opened


VALUES = ANYTHING | st.sampled_from([START, START + 60, ["1-6b49d200-000000000000000000000000"], "Default", "ok"])
BODIES = st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=6).map(lambda value: json.dumps(value).encode())


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PATHS), BODIES | st.binary(max_size=40))
def test_no_operation_ends_in_a_server_error(services: TelemetryServices, path: str, body: bytes) -> None:
    """All of X-Ray's, with members that they have and values that they do not expect."""
    request = ApiRequest("POST", path, {}, {}, body, "xray", "us-east-1")
    api = next(api for api in services.apis if api.claims(request))
    answer = asyncio.run(api.handle(request))
    assert answer.status < 500, (path, body, answer.body)
