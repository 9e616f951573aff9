"""Traces that nobody would wish for, in every format: each is reported, and what is wrong with it has a name."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shopfast_obs.cli import report as report_command
from shopfast_obs.cli import trace as trace_command
from shopfast_obs.testing import FakeCloud
from tests.cli.command_line import FakeApp
from tests.report.html.hostile import HOSTILE

NOW = 1_767_225_600.0
DAY = 86_400.0
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def part(id_: str, start: float = 0.0, seconds: float | None = 1.0, **more: Any) -> dict[str, Any]:
    """A segment document."""
    end = {"in_progress": True} if seconds is None else {"end_time": NOW + start + seconds}
    return {"id": id_, "name": more.pop("name", f"part {id_}"), "start_time": NOW + start, **end, **more}


def nested(depth: int) -> list[dict[str, Any]]:
    """Segments that each call the next."""
    return [part(f"{n:016x}", n * 1e-5, 1.0, parent_id=f"{n - 1:016x}" if n else None) for n in range(depth)]


TRACES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "cycle": ([part("a"), part("b", parent_id="c"), part("c", parent_id="b")], "cycle"),
    "only a cycle": ([part("a", parent_id="b"), part("b", parent_id="a")], "cycle"),
    "its own parent": ([part("a", parent_id="a")], "missing_parent"),
    "missing root": ([part("b", parent_id="a"), part("c", 0.2, parent_id="a")], "missing_root"),
    "in progress": ([part("a", seconds=None), part("b", 0.1, parent_id="a")], "in_progress"),
    "days apart": ([part("a"), part("b", 3 * DAY, parent_id="a"), part("c", -3 * DAY, parent_id="a")], "clock_skew"),
    "ends before it begins": ([part("a", seconds=-5.0)], ""),
    "far future": ([part("a", 1e12, 1.0)], ""),
    "before all time": ([part("a", -1e12, 1.0)], ""),
    "deep": (nested(3_000), ""),
    "two with one id": ([part("a"), part("a", 0.1)], "duplicate_id"),
    "several roots": ([part("a"), part("b", 0.5)], "several_roots"),
    "no start": ([{"id": "a", "name": "x", "trace_id": "t"}, part("b")], "malformed"),
    "strange types": ([part("a", http=[1], aws="x", annotations=[2], cause=7, subsegments={"a": 1}, links=3)], ""),
    "no segments": ([], "empty"),
} | {
    f"hostile {n}": ([part("a", name=text, http={"request": {"url": text, "method": text}}, user=text)], "")
    for n, text in enumerate(HOSTILE[::6])
}  # fmt: skip


def saved(folder: Path) -> Path:
    """All of them in one file."""
    traces = []
    for number, (parts, _) in enumerate(TRACES.values()):
        documents = [
            {"Document": json.dumps({key: value for key, value in one.items() if value is not None})} for one in parts
        ]
        traces.append({"Id": id_of(number), "Segments": documents})
    file = folder / "bad.json"
    file.write_text(json.dumps({"Traces": traces}))
    return file


def id_of(number: int) -> str:
    """The id of a trace in the file."""
    return f"1-{int(NOW):08x}-{number:024x}"


def run(command: Any, *arguments: str) -> str:
    """What a command writes; it must not fail."""
    result = CliRunner().invoke(command, list(arguments), obj=FakeApp(FakeCloud()), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with all traces."""
    return saved(tmp_path_factory.mktemp("bad"))


@pytest.mark.parametrize("subject", ["traces", "errors"])
@pytest.mark.parametrize("output_format", ["text", "markdown", "json", "html"])
def test_every_format_reports_them_all(subject: str, output_format: str, file: Path) -> None:
    """No control character reaches a terminal or a page; a table is never wider than 80 columns."""
    text = run(report_command.command, subject, "--input", str(file), "--format", output_format)
    if output_format == "json":
        json.loads(text)
        assert not CONTROL.search(text)
    elif text:
        assert not CONTROL.search(re.sub(r"<script>.*?</script>", "", text, flags=re.S))
    if output_format == "text":
        assert max(map(len, text.splitlines()), default=0) <= 100


def test_what_is_wrong_has_a_name(file: Path) -> None:
    """Each kind of damage is a warning of its trace, and counted for all."""
    document = json.loads(run(report_command.command, "traces", "--input", str(file), "--format", "json"))
    assert len(document["traces"]) == len(TRACES)
    for trace, (name, (_, expected)) in zip(document["traces"], TRACES.items(), strict=True):
        kinds = {warning.partition(":")[0] for warning in trace["warnings"]}
        assert not expected or expected in kinds, name
        assert not expected or document["quality"][expected] >= 1
        assert trace["duration"] >= 0


@pytest.mark.parametrize("number", range(len(TRACES)), ids=list(TRACES))
def test_each_can_be_looked_at(number: int, file: Path) -> None:
    """As a waterfall and as JSON, whatever it is."""
    text = run(trace_command.command, id_of(number), "--input", str(file))
    assert not CONTROL.search(text)
    assert json.loads(run(trace_command.command, id_of(number), "--input", str(file), "--format", "json"))["id"]
