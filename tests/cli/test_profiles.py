"""`--format folded|speedscope|perfetto` as a user runs it, over saved files."""

import json
from pathlib import Path

import pytest

from tests.cli.command_line import invoke
from tests.cli.test_report import BATCH, TRACE


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A file with one trace."""
    (tmp_path / "one.json").write_text(json.dumps(BATCH))
    return tmp_path


def test_all_traces_are_written_for_each_viewer(saved: Path) -> None:
    """Folded stacks as lines, the two others as one document; each may go to a file."""
    file = str(saved / "one.json")
    assert invoke("report", "traces", "--input", file, "--format", "folded").stdout == (
        "GET /products/{id};web (Lambda) 1000000\n"
    )
    document = json.loads(invoke("report", "traces", "--input", file, "--format", "speedscope").stdout)
    assert [profile["endValue"] for profile in document["profiles"]] == [1_000_000, 1_000_000]
    out = saved / "out.json"
    assert invoke("report", "traces", "--input", file, "--format", "perfetto", "-o", str(out)).exit_code == 0
    assert [event["ph"] for event in json.loads(out.read_text())["traceEvents"]] == ["M", "M", "X"]


def test_one_trace_is_written_for_two_of_them(saved: Path) -> None:
    """Merged stacks of one trace are what its waterfall says already."""
    file = str(saved / "one.json")
    assert json.loads(invoke("trace", TRACE, "--input", file, "--format", "speedscope").stdout)["profiles"]
    assert json.loads(invoke("trace", TRACE, "--input", file, "--format", "perfetto").stdout)["traceEvents"]
    assert invoke("trace", TRACE, "--input", file, "--format", "folded").exit_code == 2


def test_nothing_and_no_trace_are_said(saved: Path) -> None:
    """A filter that nothing matches, and a file without any trace."""
    none = invoke("report", "traces", "--input", str(saved / "one.json"), "--filter", "fault", "--format", "folded")
    assert (none.exit_code, none.stdout) == (0, "")
    assert "There are no traces" in none.stderr
    (saved / "web.log").write_text("2026-03-02T10:00:03.101000+00:00 s hello\n")
    assert invoke("report", "traces", "--input", str(saved / "web.log"), "--format", "perfetto").exit_code == 2
