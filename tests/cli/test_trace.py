"""`trace` as a user runs it: over a fake cloud with logs, and over saved files."""

import json
from functools import partial
from pathlib import Path

import pytest

from shopfast_obs.cli.trace import command
from shopfast_obs.errors import DeniedError, UserError
from shopfast_obs.model.telemetry import LogEvent, Segment, Trace, TracedException
from shopfast_obs.testing import FakeCloud, function_trace, log_events, report_line
from tests.cli.command_line import on_cloud
from tests.cli.test_report import BATCH
from tests.cli.test_report import TRACE as SAVED

run = partial(on_cloud, command)

TRACE = "1-5e34a614-10bd1234f1fb44f07bc535a1"
REQUEST = "8f507cfc-1234-4697-b07a-ac58fc914c95"


class WithoutLogs(FakeCloud):
    """A cloud whose credentials may not read logs."""

    def events(self, group: str, window: object, pattern: str = "") -> list[LogEvent]:
        """Refused."""
        raise DeniedError("logs:FilterLogEvents was refused.")


def cloud() -> FakeCloud:
    """One cold request, its log, and somebody else's line in the same stream."""
    lines = [
        (100.6, f"START RequestId: {REQUEST} Version: $LATEST"),
        (100.65, '{"level": "INFO", "message": "hello", "xray_trace_id": "' + TRACE + '"}'),
        (100.8, report_line(REQUEST, 200, trace_id=TRACE)),
        (101.0, "START RequestId: 11111111-1234-4697-b07a-ac58fc914c95 Version: $LATEST"),
        (101.1, "somebody else"),
    ]
    return FakeCloud(
        recorded_traces=[function_trace(TRACE, 100.0, init=0.5)],
        logs={"/aws/lambda/web": log_events("/aws/lambda/web", lines)},
    )


def test_a_trace_as_text_has_its_path_cold_start_and_lines_in_80_columns() -> None:
    """The id may come as X-Ray, a header or OpenTelemetry writes it."""
    for written in (TRACE, f"Root={TRACE};Parent=1", TRACE.replace("1-", "", 1).replace("-", "")):
        result = run(cloud(), written)
        assert result.exit_code == 0
        assert "GET /web  ok  700 ms" in result.stdout
        assert "cold start" in result.stdout
        assert "| INFO hello" in result.stdout
        assert "somebody else" not in result.stdout
        assert any(line.startswith("*") and "Initialization" in line for line in result.stdout.splitlines())
    assert max(len(line) for line in result.stdout.splitlines() if " | " not in line) <= 80


def test_a_trace_as_json_is_compact() -> None:
    """One document; what is normal is left out of the parts."""
    document = json.loads(run(cloud(), TRACE, "--format", "json").stdout)
    assert (document["id"], document["cold_starts"], document["parts_left_out"]) == (TRACE, 1, 0)
    assert "outcome" not in document["parts"][0]
    assert sum(part.get("on_path", 0.0) for part in document["parts"]) == pytest.approx(0.7)
    assert any("hello" in line for part in document["parts"] for line in part.get("logs", ()))


def test_a_large_trace_is_cut_where_it_matters_least_and_says_so() -> None:
    """200 short calls: 60 parts, the failed one among them; --all has all."""
    calls = [
        Segment(f"c{n}", "DynamoDB", n * 1e-3, n * 1e-3 + 5e-4, namespace="aws", fault=n == 77) for n in range(200)
    ]
    large = FakeCloud(recorded_traces=[Trace(TRACE, (Segment("r", "web", 0, 1, subsegments=tuple(calls)),))])
    assert "(141 of 201 parts left out" in (text := run(large, TRACE).stdout)
    assert "5xx" in text
    assert "left out" not in run(large, TRACE, "--all").stdout


def test_hostile_text_stays_on_its_line_and_drives_nothing() -> None:
    """Escapes, directions and line breaks in names and messages."""
    evil = Segment("r", "a\x1b[31m\u202e\nb", 0, 1, fault=True, exceptions=(TracedException("E", "x\r\ny\x1b[2J"),))
    text = run(FakeCloud(recorded_traces=[Trace(TRACE, (evil,))]), TRACE).stdout
    assert not {"\x1b", "\u202e", "\r"} & set(text)
    assert "! E: x y\\x1b[2J" in text


def test_a_saved_trace_needs_no_cloud(tmp_path: Path) -> None:
    """And one that is not there is one sentence with the next command."""
    (tmp_path / "one.json").write_text(json.dumps(BATCH))
    nowhere = FakeCloud(unreachable=True)
    assert "GET /products/{id}" in run(nowhere, SAVED, "--input", str(tmp_path)).stdout
    with pytest.raises(UserError, match="is not in") as caught:
        run(nowhere, SAVED[:-1] + "f", "--input", str(tmp_path))
    assert caught.value.hint


def test_an_unknown_trace_and_denied_logs() -> None:
    """The one is an error with the next command; the other leaves the trace."""
    with pytest.raises(UserError, match="There is no trace"):
        run(FakeCloud(), TRACE)
    result = run(WithoutLogs(recorded_traces=cloud().recorded_traces), TRACE)
    assert "denied: no log lines, because logs:FilterLogEvents was refused." in result.stderr
    assert "GET /web" in result.stdout


def test_parts_of_one_kind_are_counted() -> None:
    """Nine calls of one table: how many, how long together; JSON has every kind."""
    calls = [
        Segment(
            f"c{n}",
            "DynamoDB",
            100.01 + n / 100,
            100.02 + n / 100,
            namespace="aws",
            fault=n == 7,
            aws={"operation": "GetItem"},
        )
        for n in range(9)
    ]
    looping = FakeCloud(recorded_traces=[function_trace(TRACE, 100.0, calls=calls)])
    text = run(looping, TRACE).stdout
    (line,) = [line for line in text.splitlines() if line.startswith("DynamoDB GetItem ")]
    assert line.split()[2:] == ["9", "90", "ms", "10", "ms", "90", "ms"]
    assert max(len(line) for line in text.splitlines()) <= 80
    document = json.loads(run(looping, TRACE, "--json").stdout)
    found = {one["name"]: (one["count"], one["failed"]) for one in document["statistics"]}
    assert found["DynamoDB GetItem"] == (9, 1)


def test_saved_logs_beside_a_saved_trace_stand_in_it(tmp_path: Path) -> None:
    """As the `aws` command saves both; --no-logs leaves them out."""
    (tmp_path / "trace.json").write_text(json.dumps(BATCH))
    event = {"timestamp": 1, "message": f"checked the price {SAVED}", "logStreamName": "s", "eventId": "1"}
    (tmp_path / "web.json").write_text(json.dumps({"events": [event]}))
    nowhere = FakeCloud(unreachable=True)
    assert "checked the price" in run(nowhere, SAVED, "--input", str(tmp_path)).stdout
    assert "checked the price" not in run(nowhere, SAVED, "--input", str(tmp_path), "--no-logs").stdout
