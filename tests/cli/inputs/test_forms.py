"""Every form in which people save logs and traces: read by the commands that it is for, or refused with its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command_line import outcome
from tests.parse.log_samples import REQUESTS, START
from tests.parse.saved.log_forms import ANSWERS, LINES, LOGS, THROTTLED, pretty
from tests.parse.saved.trace_forms import ANSWERS as TRACE_ANSWERS
from tests.parse.saved.trace_forms import ID, REFUSED, TRACES

CUT = "JSON that is cut at the front"
FOR_TRACES = (("report", "traces"), ("report", "what-if"), ("trace", ID))


def saved(folder: Path, file: str, content: bytes | dict[str, bytes]) -> str:
    """The path of a file, or of a folder with files, that holds this."""
    files = {file: content} if isinstance(content, bytes) else {f"{file}/{name}": one for name, one in content.items()}
    for name, one in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(one)
    return str(folder / file)


@pytest.mark.parametrize("name", list(LOGS))
def test_a_log_gives_its_errors_and_its_lines(tmp_path: Path, name: str) -> None:
    """The exception of both requests with its function and its place; the lines of one; no trace, which is said."""
    path = saved(tmp_path, *LOGS[name])
    partial = ("--allow-partial",) if name == CUT else ()
    code, written, said = outcome("report", "errors", "--input", path, "--format", "json", *partial)
    assert code == 0, said
    found = json.loads(written)
    groups = [(group["type"], group["where"], group["count"], group["frame"][2]) for group in found["groups"]]
    assert groups == [("KeyError", "web", 2, "load")]
    assert bool(found["warnings"]) is (name == CUT)
    code, lines, said = outcome("logs", REQUESTS[0], "--input", path, "--format", "json")
    assert code == 0, said
    assert any("KeyError" in line["message"] or "could not" in line["message"] for line in json.loads(lines)["lines"])
    code, _, said = outcome("report", "traces", "--input", path)
    assert (code, "There is no trace" in said) == (2, True)


@pytest.mark.parametrize("name", list(TRACES))
def test_traces_are_read_and_are_no_log(tmp_path: Path, name: str) -> None:
    """By every command for traces; `logs` says that there is no line."""
    path = saved(tmp_path, *TRACES[name])
    for command in FOR_TRACES:
        code, _, said = outcome(*command, "--input", path)
        assert code == 0, (command, said)
    code, written, _ = outcome("report", "errors", "--input", path, "--format", "json")
    assert (code, json.loads(written)["traces"] > 0) == (0, True)
    code, _, said = outcome("compare", path, path)
    assert code == 0, said
    code, _, said = outcome("logs", "x", "--input", path)
    assert (code, "There is no log line" in said) == (2, True)


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_not_read_is_named_by_every_command(tmp_path: Path, name: str) -> None:
    """With its likely form and what makes one that is read; where nothing was read nothing is known."""
    content, word = REFUSED[name]
    path = saved(tmp_path, "x", content)
    for command in (*FOR_TRACES, ("report", "errors"), ("logs", "x")):
        code, written, said = outcome(*command, "--input", path)
        assert (code, written, word in said) == (2, "", True), (command, said)
    code, written, said = outcome("compare", path, path)
    assert (code, written, word in said) == (2, "", True), said


def test_nothing_in_a_folder_is_skipped_without_a_word(tmp_path: Path) -> None:
    """What nobody takes for telemetry is counted; a form that is not read leaves the rest incomplete."""
    files = {"web.log": LINES.encode(), "README.md": b"# Shop\n", "logo.png": b"\x89PNG\r\n", ".DS_Store": b"\x00"}
    path = saved(tmp_path, "saved", files)
    code, written, said = outcome("report", "errors", "--input", path, "--format", "json")
    assert code == 0, said
    [told] = json.loads(written)["warnings"]
    assert told.endswith("2 files were not read, with neither traces nor log lines: README.md, logo.png")
    code, _, said = outcome("logs", "nobody", "--input", path)
    assert (code, "2 files were not read" in said) == (0, True), said
    (tmp_path / "saved" / "ids.json").write_bytes(REFUSED["get-trace-summaries"][0])
    code, _, said = outcome("report", "errors", "--input", path)
    assert (code, "batch-get-traces" in said) == (4, True)
    code, _, said = outcome("logs", "nobody", "--input", path)
    assert (code, "ids.json: it looks like summaries of traces" in said) == (4, True)


def test_a_call_that_was_refused_between_others_hides_none(tmp_path: Path) -> None:
    """In a loop that appends to a file the message of an error is there, too."""
    path = saved(tmp_path, "web.json", f"{pretty(ANSWERS[0])}{THROTTLED}{pretty(ANSWERS[1])}".encode())
    code, written, said = outcome("report", "errors", "--input", path, "--format", "json")
    assert (code, json.loads(written)["groups"][0]["count"]) == (4, 2)
    assert "ThrottlingException" in said


def test_a_document_that_ends_in_the_middle_gives_what_is_whole(tmp_path: Path) -> None:
    """As a command that was stopped leaves it."""
    content = TRACES["batch-get-traces, called in a loop"][1]
    assert isinstance(content, bytes)
    path = saved(tmp_path, "t.json", content[:-200])
    code, written, said = outcome("report", "traces", "--input", path)
    assert (code, "cut off or broken" in said, "GET /shop" in written) == (4, True, True)


def test_commands_take_several_inputs(tmp_path: Path) -> None:
    """After `--input`, as `report` does; the sides of `compare` have options for more."""
    first, second = (
        saved(tmp_path, name, pretty(answer).encode())
        for name, answer in zip(("a.json", "b.json"), TRACE_ANSWERS, strict=True)
    )
    log = saved(tmp_path, "web.log", LINES.encode())
    assert outcome("trace", ID[:-1] + "9", "--input", first, second)[0] == 0
    code, written, _ = outcome("logs", REQUESTS[0], "--input", first, log, "--format", "json")
    assert (code, len(json.loads(written)["lines"])) == (0, 3)
    code, written, said = outcome("compare", first, first, "--also-after", second)
    assert (code, "GET /shop has 1 request" in written, "and 2 after" in written) == (0, True, True), said
    code, _, said = outcome("compare", "15m..", first, "--also-before", second)
    assert (code, "is no file to which" in said) == (2, True)


def test_the_same_error_in_two_files_is_one(tmp_path: Path) -> None:
    """A file's name is no function: unless a trace or a log names it, it is no part of an error's identity."""
    fingerprints = set()
    for names in (["web.json"], ["web.json", "web2.json"], ["other.log"]):
        inputs = [saved(tmp_path, name, LINES.encode()) for name in names]
        [group] = json.loads(outcome("report", "errors", "--format", "json", "--input", *inputs)[1])["groups"]
        fingerprints.add(group["fingerprint"])
    assert len(fingerprints) == 1
    for name in ("web", "mail"):  # Lambda's own words are the same for every function
        said = f"2026-03-02T10:00:00Z {REQUESTS[0]} Task timed out after 3.00 seconds\n"
        saved(tmp_path, f"{name}.log", said.encode())
    inputs = [str(tmp_path / f"{name}.log") for name in ("web", "mail")]
    groups = json.loads(outcome("report", "errors", "--format", "json", "--input", *inputs)[1])["groups"]
    assert sorted(group["where"] for group in groups) == ["mail", "web"]


def test_the_time_within_a_line_is_used_where_none_is_before_it(tmp_path: Path) -> None:
    """Lambda's START line has none; it has that of the first line after it."""
    path = saved(tmp_path, "web.log", LOGS["what the function wrote, with times within"][1])
    lines = json.loads(outcome("logs", REQUESTS[1], "--input", path, "--format", "json")[1])["lines"]
    assert {round(line["time"] - START) for line in lines} == {0, 1}


def test_records_of_the_platform_alone_tell_failures(tmp_path: Path) -> None:
    """As an extension keeps them, an array a line."""
    told = {"requestId": REQUESTS[0], "status": "timeout", "metrics": {"durationMs": 3000.0}}
    records = [
        {"time": "2026-03-02T10:00:03.000Z", "type": "platform.start", "record": {"requestId": REQUESTS[0]}},
        {"time": "2026-03-02T10:00:03.000Z", "type": "platform.report", "record": told},
    ]
    for content in (json.dumps(records), "\n".join(json.dumps([one]) for one in records)):
        path = saved(tmp_path, "web.json", content.encode())
        [group] = json.loads(outcome("report", "errors", "--input", path, "--format", "json")[1])["groups"]
        assert (group["kind"], group["count"], group["last"]) == ("timeout", 1, 1772445603.0)


@pytest.mark.parametrize(
    "time",
    ["2026-11-22T15:07:39.891Z", "2026-11-22 16:07:39.891 (+01:00)", "2026/11/22 15:07:39.891 UTC", "1795360059891"],
)
def test_a_line_of_node_stays_one_whoever_wrote_its_time(tmp_path: Path, time: str) -> None:
    """Its own logger, `sls logs` with the local time, others with slashes or milliseconds."""
    raised = json.dumps({"errorType": "TypeError", "errorMessage": "no sku", "stack": ["TypeError: no sku"]})
    lines = f"START RequestId: {REQUESTS[0]} Version: 1\n{time}\t{REQUESTS[0]}\tERROR\tInvoke Error \t{raised}\n"
    path = saved(tmp_path, "web.log", lines.encode())
    [group] = json.loads(outcome("report", "errors", "--input", path, "--format", "json")[1])["groups"]
    assert (group["type"], group["kind"], group["last"]) == ("TypeError", "exception", START)


def test_a_line_of_python_in_another_tools_order(tmp_path: Path) -> None:
    """`sls logs` has time and request before the level."""
    said = f"2026-11-22 16:07:39.891 (+01:00)\t{REQUESTS[0]}\t[ERROR]\tcould not do it\n"
    path = saved(tmp_path, "web.log", said.encode())
    [group] = json.loads(outcome("report", "errors", "--input", path, "--format", "json")[1])["groups"]
    assert (group["message"], group["kind"], group["last"]) == ("could not do it", "logged", START)
    assert group["exemplars"][0]["request_id"] == REQUESTS[0]
