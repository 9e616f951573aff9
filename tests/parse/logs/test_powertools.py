"""Log lines of Powertools, of Lambda's formats and of plain functions, as their writers print them."""

import io
import json
import logging
from typing import Any

import pytest

from shopfast_obs.parse.logs.powertools import exception, record

ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
FRAME = '  File "/var/task/store.py", line 12, in load\n    return table[key]\n'


def powertools_line(**extra: Any) -> str:
    """What Powertools' own Logger prints for a chained exception."""
    from aws_lambda_powertools import Logger

    stream = io.StringIO()
    logger = Logger(service="web", logger_handler=logging.StreamHandler(stream), name=f"t{len(extra)}")
    try:
        try:
            raise KeyError("inner")
        except KeyError as cause:
            raise ValueError("bad thing 12") from cause
    except ValueError:
        logger.exception("could not do it", extra=extra)
    return stream.getvalue()


def test_a_powertools_line_with_a_chained_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    """Type and message of the exception that was raised, its frames only, ids in their places."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5e34a614-10bd1234f1fb44f07bc535a1;Parent=1;Sampled=1")
    found = record(powertools_line(correlation_id="c-1"))
    assert (found.level, found.service, found.message, found.correlation_id) == (
        "ERROR",
        "web",
        "could not do it",
        "c-1",
    )
    assert found.trace_id == "1-5e34a614-10bd1234f1fb44f07bc535a1"
    assert found.exception is not None
    assert (found.exception.type, found.exception.message) == ("ValueError", "bad thing 12")
    assert [label for _, _, label in found.exception.stack] == ["powertools_line"]


def test_the_runtime_clients_text() -> None:
    """Type and message first, the traceback after, joined by carriage returns or by new lines."""
    for separator in ("\n", "\r"):
        line = f"[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n{FRAME}".replace("\n", separator)
        found = record(line)
        assert found.level == "ERROR"
        assert found.exception is not None
        assert (found.exception.type, found.exception.message) == ("KeyError", "'sku'")
        assert found.exception.stack == (("/var/task/store.py", 12, "load"),)


def test_the_runtime_clients_json() -> None:
    """stackTrace is a list of frames without a heading."""
    line = {"level": "ERROR", "errorMessage": "'sku'", "errorType": "KeyError", "requestId": ID, "stackTrace": [FRAME]}
    found = record(json.dumps(line))
    assert found.request_id == ID
    assert found.exception is not None
    assert (found.exception.type, found.exception.message) == ("KeyError", "'sku'")
    assert found.exception.stack == (("/var/task/store.py", 12, "load"),)


def test_logging_exception_in_the_text_format() -> None:
    """The message, then Python's traceback with the type at its end."""
    head = f"[ERROR]\t2026-01-01T00:00:00.000Z\t{ID}\tfailed\n"
    found = record(f"{head}Traceback (most recent call last):\n{FRAME}app.Broken: no\nmore\n")
    assert (found.level, found.request_id) == ("ERROR", ID)
    assert found.exception is not None
    assert (found.exception.type, found.exception.message) == ("app.Broken", "no\nmore")


@pytest.mark.parametrize(
    "line",
    [
        "hello",
        f"[INFO]\t2026-01-01T00:00:00.000Z\t{ID}\tKeyError: is a nice word",
        '{"level":"INFO","message":"fine","errorType":null,"stackTrace":null}',
        '{"level":"ERROR","message":"not found"}',
        "{broken",
        "[ERROR] went wrong",
        '{"message": {"nested": 1}}',
        "[1, 2]",
    ],
)
def test_lines_without_an_exception(line: str) -> None:
    """Talk of errors is no exception."""
    assert record(line).exception is None


def test_an_import_error_has_no_frames() -> None:
    """The runtime reports what it could not load with an empty traceback."""
    head = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'\n"
    found = record(f"{head}Traceback (most recent call last):\n")
    assert found.exception is not None
    assert found.exception.type == "Runtime.ImportModuleError"
    assert found.exception.message == "Unable to import module 'app': No module named 'x'"


def test_a_text_that_is_no_traceback_gives_none() -> None:
    """No frames, no exception."""
    assert exception("ValueError: x") is None


@pytest.mark.parametrize("number", ["9" * 40, "9" * 5000, "٣"])
def test_a_frame_of_a_line_that_cannot_be_is_no_frame(number: str) -> None:
    """What a function prints may look like a traceback; no file has as many lines."""
    assert exception(f'Traceback (most recent call last):\n  File "a.py", line {number}, in f\nKeyError: 1') is None
