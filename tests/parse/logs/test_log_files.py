"""Saved log events, whatever wrote the file."""

import json

import pytest

from shopfast_obs.parse.logs import log_files
from shopfast_obs.parse.saved.forms import Form, form_of
from tests.parse.log_samples import EVENTS, FILES, GROUP, LOGGED, START, STREAM

WITHOUT_TIMES = "what the function wrote"
WITHOUT_STREAMS = (WITHOUT_TIMES, "export", "aws logs tail --format short")
RECORDS = ("aws logs tail --format json", "a record a line", "a record a line between Lambda's own")


@pytest.mark.parametrize("name", [name for name in FILES if name not in RECORDS])
def test_events_are_read_whatever_wrote_the_file(name: str) -> None:
    """Messages of several lines in one piece, times and streams where the file has them."""
    found = list(log_files.events(GROUP, FILES[name].encode()))
    assert [event.message for event in found] == [message.rstrip("\n") for _, message in EVENTS]
    assert {event.group for event in found} == {GROUP}
    assert {event.stream for event in found} == {"" if name in WITHOUT_STREAMS else STREAM}
    if name != WITHOUT_TIMES:
        assert all(abs(event.timestamp - at) < 1 for event, (at, _) in zip(found, EVENTS, strict=True))


@pytest.mark.parametrize("name", RECORDS)
def test_records_have_the_time_that_they_name(name: str) -> None:
    """A JSON object is one event, printed over several lines too."""
    found = [event for event in log_files.events(GROUP, FILES[name].encode()) if event.message.startswith("{")]
    assert [json.loads(event.message) for event in found] == LOGGED
    assert [round(event.timestamp - START) for event in found] == [0, 1]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"# Notes\n", b"a,b\n1,2\n", b"{", b"[1]", b'{"a": 1}\n{"b": 2}\n', b"\xff\xfe\x00",
        b'{"events": 3}',
        b'{"Traces": []}', b'{"Id": "1-a", "Segments": []}', b'{"trace_id": "1-a", "id": "a", "start_time": 1.0}',
        b'{"resourceSpans": []}\n{"resourceSpans": []}', b'{"logEvents": [1, {"message": 2}]}',
        b'{"events": [{"message": "x", "timestamp": 1e30}]}',
    ],
)  # fmt: skip
def test_what_is_no_log_has_no_events(content: bytes) -> None:
    """Traces, tables, notes, broken files."""
    assert list(log_files.events(GROUP, content)) == []


def test_a_document_is_not_lines() -> None:
    """An answer of the Logs API may hold spans, so that those who look for traces read it too."""
    lines = [name for name, text in FILES.items() if log_files.is_of_lines(text.encode(), form_of(text.encode()).form)]
    assert set(FILES) - set(lines) == {"filter-log-events", "filter-log-events, one line", "--query events"}
    assert not log_files.is_of_lines(b'{"Id": "1-a", "Segments": []}', Form.JSON_LINES)


def test_a_stream_of_any_name_is_none_of_the_message() -> None:
    """Lambda's own line behind it tells; an ordinary first word stays."""
    request = "8f507cfc-1234-4697-b07a-ac58fc914c95"
    said = [f"web START RequestId: {request} Version: $LATEST", "web reserved 3", "other words", "INFO ready"]
    text = "".join(f"2026-03-02T10:00:0{n}+00:00 {line}\n" for n, line in enumerate(said))
    assert [(event.stream, event.message) for event in log_files.events(GROUP, text.encode())] == [
        ("web", f"START RequestId: {request} Version: $LATEST"),
        ("web", "reserved 3"),
        ("", "other words"),
        ("", "INFO ready"),
    ]
