"""`--format otlp` as a user runs it, over saved files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopfast_obs.parse.traces.documents import stream
from tests.cli.command_line import invoke
from tests.cli.test_report import BATCH, TRACE

LOG = "2026-01-01T00:00:00Z START RequestId: 8f507cfc-1234-4697-b07a-ac58fc914c95 Version: $LATEST"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with one trace and one log line."""
    later = json.dumps(BATCH).replace(r"_time\": ", r"_time\": 170000000")  # OTLP has no moment 0
    (tmp_path / "one.json").write_text(later)
    (tmp_path / "web.log").write_text(f"{LOG}\n")
    return tmp_path


def test_traces_are_written_and_read_again(saved: Path) -> None:
    """Into a file that nobody else can read; the same trace as one alone."""
    out = saved / "spans.jsonl"
    assert (
        invoke("report", "traces", "--input", str(saved / "one.json"), "--format", "otlp", "-o", str(out)).exit_code
        == 0
    )
    assert out.stat().st_mode & 0o777 == 0o600
    assert [trace.id for trace in stream([("spans", out.read_bytes())], [])] == [TRACE]
    alone = invoke("trace", TRACE, "--input", str(saved / "one.json"), "--format", "otlp")
    assert alone.stdout == out.read_text()


def test_log_lines_are_records(saved: Path) -> None:
    """Each with its request."""
    (line,) = invoke("logs", "--input", str(saved / "web.log"), "--format", "otlp").stdout.splitlines()
    (record,) = json.loads(line)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert record["body"]["stringValue"].startswith("START RequestId")


def test_no_trace_is_told_as_by_the_other_formats(saved: Path) -> None:
    """A filter that fits none is no mistake; a file without any is."""
    none = invoke("report", "traces", "--input", str(saved / "one.json"), "--filter", "fault", "--format", "otlp")
    assert (none.exit_code, none.stdout) == (0, "")
    assert "no traces" in none.stderr
    wrong = invoke("report", "traces", "--input", str(saved / "web.log"), "--format", "otlp")
    assert wrong.exit_code == 2
    assert "There is no trace" in wrong.stderr
