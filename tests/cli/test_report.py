"""`report` as a user runs it: over a fake cloud, and over saved files."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shopfast_obs.cli.app import App
from shopfast_obs.cli.report import command
from shopfast_obs.errors import DeniedError, UserError
from shopfast_obs.model.telemetry import AlarmStatus, Segment, TimeRange, Trace
from shopfast_obs.testing import FakeCloud, function_trace, log_events, report_line

ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
TRACE = "1-5e34a614-10bd1234f1fb44f07bc535a1"
BATCH = {
    "Traces": [
        {
            "Id": TRACE,
            "Duration": 1.0,
            "Segments": [
                {
                    "Document": json.dumps(
                        {
                            "id": "1",
                            "name": "web",
                            "trace_id": TRACE,
                            "start_time": 0.0,
                            "end_time": 1.0,
                            "origin": "AWS::Lambda",
                            "http": {"request": {"method": "GET", "url": "https://x/products/7"}},
                        }
                    )
                }
            ],
        }
    ]
}


class FakeApp(App):
    """The command line's App over a fake cloud."""

    def __init__(self, cloud: FakeCloud) -> None:
        super().__init__()
        self._cloud = cloud

    def cloud(self) -> FakeCloud:
        """The fake."""
        return self._cloud


class WithoutTraces(FakeCloud):
    """A cloud whose credentials may not read traces."""

    def trace_ids(self, window: TimeRange, filter_expression: str = "") -> list[str]:
        """Refused."""
        raise DeniedError("xray:GetTraceSummaries was refused.")


def run(cloud: FakeCloud, *arguments: str) -> Result:
    """The result of `report` with these arguments; an error of ours is raised."""
    return CliRunner().invoke(command, list(arguments), obj=FakeApp(cloud), catch_exceptions=False)


def observed() -> FakeCloud:
    """A minute of one function: ten calls, one of them cold, and a timeout in its log."""
    now = time.time()
    traces = [
        function_trace(f"1-{int(now) - 60 + n:08x}-{n:024x}", now - 60 + n, init=0.5 if n == 0 else None)
        for n in range(10)
    ]
    lines = [
        (now - 30, f"START RequestId: {ID} Version: $LATEST"),
        (now - 29, "GET /products"),
        (now - 27, f"2026-01-01T00:00:03.003Z {ID} Task timed out after 3.00 seconds"),
        (now - 27, f"END RequestId: {ID}"),
        (now - 27, report_line(ID, 3000, used_mb=66, status="timeout", trace_id=TRACE)),
    ]
    return FakeCloud(recorded_traces=traces, logs={"/aws/lambda/web": log_events("/aws/lambda/web", lines)})


def test_traces_as_text_fit_80_columns() -> None:
    """Every section has its table, and no line is longer than a terminal."""
    result = run(observed(), "traces")
    assert result.exit_code == 0
    for heading in (
        "10 traces in the last 15m",
        "Entry points",
        "Where the time goes",
        "Service map",
        "Cold starts",
        "Slowest",
    ):
        assert heading in result.stdout
    assert "GET /web" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_traces_as_json_are_one_document_with_the_promised_fields() -> None:
    """What scripts depend on."""
    document = json.loads(run(observed(), "traces", "--format", "json").stdout)
    trace = document["traces"][0]
    assert set(trace) >= {"id", "duration", "breakdown", "critical_path", "cold_starts", "warnings"}
    assert set(trace["breakdown"]) == {
        "orchestration", "trigger", "container_initialization", "runtime_initialization", "computation", "queueing",
        "overhead", "external_service", "unclassified",
    }  # fmt: skip
    assert {"entry_points", "service_map", "cold_starts", "quality", "window"} <= set(document)
    assert document["cold_starts"][0]["cold"] == 1


def test_saved_traces_need_no_cloud(tmp_path: Path) -> None:
    """Files and folders, several after one --input; what is no trace is named."""
    (tmp_path / "more").mkdir()
    (tmp_path / "one.json").write_text(json.dumps(BATCH))
    (tmp_path / "more" / "two.json").write_text(json.dumps(BATCH).replace(TRACE, TRACE.replace("a1", "a2")))
    (tmp_path / "more" / "other.json").write_text("{}")
    cloud = FakeCloud(unreachable=True)
    paths = [str(tmp_path / "one.json"), str(tmp_path / "more")]
    document = json.loads(run(cloud, "traces", "--format", "json", "--input", *paths).stdout)
    assert len({trace["id"] for trace in document["traces"]}) == 2
    assert document["entry_points"][0]["name"] == "GET /products/{id}"
    assert [w.rpartition("/")[2] for w in document["warnings"]] == ["other.json: no X-Ray trace or segment in it"]
    assert cloud.calls == []


def test_alarms_in_alarm_and_call_patterns_are_in_the_report() -> None:
    """What shouts, and a function that calls one table in a loop."""
    cloud, now = observed(), time.time()
    loop = [
        Segment(
            f"c{n}",
            "DynamoDB",
            now - 60 + n * 0.02,
            now - 60 + n * 0.02 + 0.02,
            namespace="aws",
            aws={"operation": "GetItem", "table_name": "orders"},
        )
        for n in range(9)
    ]
    root = Segment("f", "web", now - 60, now - 59, origin="AWS::Lambda::Function", subsegments=tuple(loop))
    cloud.recorded_traces = [*cloud.recorded_traces, Trace(TRACE, (root,))]
    cloud.alarm_statuses = [AlarmStatus("web-errors", "ALARM", "3 of 5 datapoints"), AlarmStatus("web-slow", "OK")]
    text = run(cloud, "traces").stdout
    assert "web-errors" in text
    assert "1 in OK." in text
    assert "web: DynamoDB Get" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    document = json.loads(run(cloud, "traces", "--format", "json").stdout)
    (pattern,) = document["patterns"]
    assert (pattern["kind"], pattern["exemplars"]) == ("n_plus_one", [TRACE])
    assert [alarm["name"] for alarm in document["alarms"]] == ["web-errors", "web-slow"]


def test_markdown_cannot_be_broken_by_data(tmp_path: Path) -> None:
    """A name with markup in it stays a name."""
    text = json.dumps(BATCH).replace("products/7", "|<script>alert()</script>")
    (tmp_path / "one.json").write_text(text)
    result = run(FakeCloud(), "traces", "--format", "markdown", "--input", str(tmp_path))
    assert result.stdout.startswith("# 1 trace from ")
    assert "<script>" not in result.stdout
    assert "\\|" in result.stdout


def test_the_filter_and_the_limit_reach_the_cloud() -> None:
    """The newest are kept, and the report says that there were more."""
    cloud = observed()
    document = json.loads(run(cloud, "traces", "--filter", "fault", "--limit", "3", "--format", "json").stdout)
    assert cloud.filter_expressions == ["fault"]
    assert [trace["id"][-1] for trace in document["traces"]] == ["9", "8", "7"]
    assert document["warnings"] == ["limited: the newest 3 of 10 traces (--limit)"]


def test_saved_traces_are_limited_only_when_told(tmp_path: Path) -> None:
    """A folder is read whole; --limit keeps the last and says so."""
    traces = [{**BATCH["Traces"][0], "Id": f"{TRACE[:-4]}{n:04x}"} for n in range(1200)]
    (tmp_path / "all.jsonl").write_text("\n".join(json.dumps(trace) for trace in traces))
    arguments = ("traces", "--format", "json", "--input", str(tmp_path))
    assert len(json.loads(run(FakeCloud(), *arguments).stdout)["traces"]) == 1200
    few = json.loads(run(FakeCloud(), *arguments, "--limit", "2").stdout)
    assert few["warnings"] == ["limited: 2 of 1200 traces (--limit)"]


def test_a_filter_chooses_among_saved_traces(tmp_path: Path) -> None:
    """The same grammar as the API's, without a cloud."""
    slow = (
        json.dumps(BATCH)
        .replace(TRACE, TRACE.replace("a1", "a2"))
        .replace('\\"end_time\\": 1.0', '\\"end_time\\": 9.0')
    )
    (tmp_path / "two.jsonl").write_text(json.dumps(BATCH) + "\n" + slow)
    result = run(FakeCloud(), "traces", "--input", str(tmp_path), "--filter", "duration > 5", "--format", "json")
    assert [trace["duration"] for trace in json.loads(result.stdout)["traces"]] == [9.0]


def test_no_traces_give_one_sentence_and_the_next_command() -> None:
    """An untraced application is the first thing that a beginner meets."""
    result = run(FakeCloud(), "traces")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "There are no traces in the last 15m." in result.stderr
    assert "shopfast-obs instrument --diff" in result.stderr
    assert json.loads(run(FakeCloud(), "traces", "--format", "json").stdout)["traces"] == []


@pytest.mark.parametrize(
    "arguments", [("--since", "soon"), ("--input", "EMPTY"), ("--filter", "fault =", "--input", "FILE")]
)
def test_bad_input_is_a_user_error_with_a_hint(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """A bad time, a folder without traces, a filter that nobody can read."""
    given = [argument.replace("EMPTY", str(tmp_path)) for argument in arguments]
    if "FILE" in given:
        (tmp_path / "one.json").write_text(json.dumps(BATCH))
        given[given.index("FILE")] = str(tmp_path)
    with pytest.raises(UserError) as caught:
        run(FakeCloud(), "traces", *given)
    assert caught.value.hint


def test_errors_as_text_tell_the_story() -> None:
    """Group, cause, request, trace and the line itself."""
    result = run(observed(), "errors")
    assert result.exit_code == 0
    for told in (
        "1 error group, 1 failure in the last 15m",
        "Task timed out after <n> seconds",
        "cause: last line before: GET /products; used 66 of 128 MB",
        f"trace: {TRACE}",
        f"request: {ID} in /aws/lambda/web",
        "log: 2026-01-01T00:00:03.003Z",
    ):
        assert told in result.stdout


def test_errors_as_json_are_one_document() -> None:
    """Groups with fingerprints, counts and exemplars."""
    document = json.loads(run(observed(), "errors", "--format", "json").stdout)
    (group,) = document["groups"]
    assert (group["kind"], group["count"], group["where"]) == ("timeout", 1, "web")
    assert len(group["fingerprint"]) == 12
    assert group["exemplars"][0]["trace_id"] == TRACE
    assert (document["events"], document["traces"]) == (5, 10)


def test_nothing_wrong_says_how_much_was_read() -> None:
    """Silence of a healthy application and silence of an idle one are two sentences."""
    result = run(FakeCloud(), "errors")
    assert "Nothing went wrong in the last 15m, as far as 0 log events and 0 traces tell." in result.stderr
    assert "shopfast-obs traffic" in result.stderr
    assert result.stdout == ""


def test_denied_traces_leave_the_logs() -> None:
    """A partial report says what is missing."""
    document = json.loads(run(WithoutTraces(logs=observed().logs), "errors", "--format", "json").stdout)
    assert len(document["groups"]) == 1
    assert document["warnings"] == ["denied: no traces, because xray:GetTraceSummaries was refused."]
