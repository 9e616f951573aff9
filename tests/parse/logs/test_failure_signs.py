"""The signs that queries look for are those without which no failure is read from a line."""

from __future__ import annotations

import json

import pytest

from shopfast_obs.parse.logs import failure_signs
from shopfast_obs.parse.logs import failures as reader
from shopfast_obs.parse.logs.failures import failures
from shopfast_obs.testing import log_events
from tests.parse.log_samples import EVENTS, LOGGED

SIGNS = (*failure_signs.SIGNS, failure_signs.FAULT)
ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
RECORDS = [
    f'{{"type":"platform.report","record":{{"requestId":"{ID}","metrics":{{"durationMs":1}},"status":"timeout"}}}}',
    f'{{"type":"platform.runtimeDone","record":{{"requestId":"{ID}","status":"failure"}}}}',
    '{"type":"platform.initReport","record":{"status":"error","errorType":"Runtime.ImportModuleError"}}',
    f'{{"type":"platform.fault","record":"RequestId: {ID} Process exited before completing request"}}',
    f"REPORT RequestId: {ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 66 MB\tStatus: timeout\t",
    "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout",
]


def found(message: str) -> bool:
    """Whether the query for failing lines lets the line through."""
    return (
        any(sign in message for sign in SIGNS)
        or all(part in message for part in failure_signs.TEXT_STATUS)
        or (all(part in message for part in failure_signs.JSON_STATUS) and failure_signs.SUCCESS not in message)
    )


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record[:30])
def test_platform_records_of_failures_have_them(record: str) -> None:
    """Each is read as a failure, and found."""
    assert failures(log_events("/aws/lambda/f", [(1.0, record)])).failures
    assert found(record)


def test_every_failure_of_the_samples_has_them() -> None:
    """In text and in JSON."""
    lines = [*EVENTS, *((1.0 + n, json.dumps(one)) for n, one in enumerate(LOGGED))]
    told = failures(log_events("/aws/lambda/f", lines)).failures
    assert len(told) == 4
    assert all(found(failure.line) for failure in told)


def test_nothing_else_makes_a_line_worth_reading() -> None:
    """The texts in the code of the reader are the signs: one that is added there must be looked for by queries, too."""
    texts = {one for one in reader.may_fail.__code__.co_consts if isinstance(one, str)}
    assert texts - {reader.may_fail.__doc__, "\n"} <= set(SIGNS)
