"""The form of a file, told by its content."""

from __future__ import annotations

import gzip

import pytest

from shopfast_obs.parse.saved.forms import Form, form_of
from tests.parse.log_samples import FILES
from tests.parse.traces import span_exports

DOCUMENTS = ("filter-log-events", "--query events")
JSON_LINES = ("filter-log-events, one line", "an event a line", "subscription", "a record a line")


@pytest.mark.parametrize("name", list(FILES))
def test_the_form_of_a_log(name: str) -> None:
    """Text and JSON between text are lines; a document of several lines is none."""
    wanted = Form.DOCUMENTS if name in DOCUMENTS else Form.JSON_LINES if name.startswith(JSON_LINES) else Form.LINES
    wanted = Form.LINES if "between" in name else wanted
    assert form_of(FILES[name].encode()).form is wanted


@pytest.mark.parametrize(("name", "content"), span_exports.files().items())
def test_the_form_of_traces(name: str, content: bytes) -> None:
    """JSON, or rows."""
    assert form_of(content).form is (Form.CSV if "csv" in name else Form.JSON_LINES)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff"), ("utf-16-le", "")],
)
def test_the_encoding_is_told_with_and_without_its_mark(encoding: str, mark: str) -> None:
    """As PowerShell and editors write files; a line before the log changes nothing."""
    found = form_of(f"{mark}some header\r\n{FILES['export']}".encode(encoding))
    assert (found.form, found.encoding) == (Form.LINES, encoding)


def test_the_first_line_does_not_decide() -> None:
    """A log that `tail` cut begins in the middle of a message."""
    cut = "    return table[key]\nKeyError: 'sku'\n"
    assert form_of((cut + FILES["aws logs tail"]).encode()).form is Form.LINES
    assert form_of(b'"a": 1\n},\n{"b": 2}\n').form is Form.DOCUMENTS


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"", Form.EMPTY), (b"\n \n", Form.EMPTY),
        (gzip.compress(b"x", mtime=0), Form.PACKED), (b"PK\x03\x04xx", Form.PACKED),
        (b"# Notes\n\nSome words.\n", Form.OTHER), (b"\x00\x01\x02\x03" * 100, Form.OTHER), (b"a,b\n1,2\n", Form.OTHER),
    ],
)  # fmt: skip
def test_what_is_neither_text_nor_json(content: bytes, form: Form) -> None:
    """Nothing, something packed, something else."""
    assert form_of(content).form is form
