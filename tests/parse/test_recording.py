"""Recorded evidence: what goes in comes out."""

import gzip
import json

import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.resources import FUNCTION, Gap, Inventory, Resource
from shopfast_obs.model.sources import Call, Client, Source
from shopfast_obs.model.telemetry import (
    AlarmStatus,
    InvocationReport,
    LogEvent,
    MetricSeries,
    Observations,
    TimeRange,
    Trace,
    TracedException,
    WatchedMetric,
)
from shopfast_obs.parse.recording import FORMAT, read, write
from shopfast_obs.testing import function_trace


def recording() -> Recording:
    """Everything that a recording can hold."""
    web = Resource(
        FUNCTION, "web", "Web", "app", "arn:x", {"Timeout": 3, "Nested": [{"a": None}]}, "t.yaml", {"": 3}, "src"
    )
    trace = function_trace("1-0123", 1_700_000_000.0, init=0.2, fault=True)
    failed = trace.segments[0]._replace(
        exceptions=(TracedException("E", "m", stack=(("a.py", 3, "f"),)),),
        links=("1-x",),
        annotations={"a": True, "b": 1.5},
    )
    seen = Observations(
        TimeRange(1.0, 2.0),
        {"g": (LogEvent(1.5, "line \u00e9\x00", "g", "s", "e"),)},
        {"web": (InvocationReport("r", 1.0, 0.1, 0.1, 128, 70, 0.3, "timeout"),)},
        (MetricSeries("N", "M", (("F", "web"),), "Sum", 60, ((60.0, 1.0),)),),
        (trace, Trace("1-f", (failed,), 1.0, True, ("cut",))),
        (AlarmStatus("a", "ALARM", watches=(WatchedMetric("N", "M", (("F", "web"),)),)),),
        (Gap("traces", "denied", (FUNCTION,)),),
    )
    source = Source(
        (Client("sqs", "a.py", 1, 1.0),), (Call("publish", "a.py", 2, (("TopicArn", "t"),), frozenset({"b", "a"})),)
    )
    return Recording(Inventory("aws", (web,), (Gap("x", "y"),)), seen, {"web": source}, "eu-west-1")


def test_what_is_written_is_read_back() -> None:
    """Equal in every field, whatever its type."""
    before = recording()
    (after,) = read(write([before]), "e.gz")
    assert after == before
    assert after.inventory.resources[0].lines == {"": 3}


def test_the_same_recording_gives_the_same_bytes() -> None:
    """No time of writing in it, and no order of chance."""
    assert write([recording()]) == write([recording()])


def test_plain_json_is_read_too() -> None:
    """Whoever unpacks and edits it may hand it in again."""
    assert read(gzip.decompress(write([recording()])), "e.json") == (recording(),)


def broken(**changes: object) -> bytes:
    """A document with other fields."""
    return json.dumps({"format": FORMAT, "version": 1, "recordings": [], **changes}).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no recorded evidence"),
        (b"{}", "is no recorded evidence"),
        (b"[" * 10_000, "is no recorded evidence"),
        (write([recording()])[:-40], "is no recorded evidence"),
        (b"\x1f\x8bxxxx", "is no recorded evidence"),
        (broken(version=2), "evidence of version 2, not 1"),
        (broken(recordings=3), "is damaged"),
        (
            broken(recordings=[{"inventory": {"source": 3}}]),
            "is damaged: Expected `str`, got `int` - at `recordings[0].inventory.source`",
        ),
    ],
)
def test_what_is_no_evidence_is_one_sentence(content: bytes, said: str) -> None:
    """With the file, and the place where there is one."""
    with pytest.raises(UserError, match=r"e\.gz") as caught:
        read(content, "e.gz")
    assert said in caught.value.message
