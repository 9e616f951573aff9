"""`report` as a user runs it: over a fake cloud, and over saved files."""

import json
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from shopfast_obs.cli.report import command
from shopfast_obs.errors import DeniedError, UserError
from shopfast_obs.model.telemetry import LogEvent, Segment, ServiceTotals, TimeRange, Trace, TracedException
from shopfast_obs.testing import FakeCloud, function_trace, log_events, report_line
from tests.cli.command_line import on_cloud
from tests.parse.log_samples import FILES

run = partial(on_cloud, command)

ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
TRACE = "1-5e34a614-10bd1234f1fb44f07bc535a1"
REQUEST = {"request": {"method": "GET", "url": "https://x/products/7"}}
SEGMENT = {"id": "1", "name": "web", "trace_id": TRACE, "start_time": 0.0, "end_time": 1.0, "origin": "AWS::Lambda"}
SAVED = {"Id": TRACE, "Duration": 1.0, "Segments": [{"Document": json.dumps({**SEGMENT, "http": REQUEST})}]}
BATCH = {"Traces": [SAVED]}


class WithoutTraces(FakeCloud):
    """A cloud whose credentials may not read traces."""

    def trace_ids(self, window: TimeRange, filter_expression: str = "") -> list[str]:
        """Refused."""
        raise DeniedError("xray:GetTraceSummaries was refused.")


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
    assert [w.rpartition("/")[2] for w in document["warnings"]] == ["other.json: no trace and no log line in it"]
    assert cloud.calls == []


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
    traces = [{**SAVED, "Id": f"{TRACE[:-4]}{n:04x}"} for n in range(1200)]
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
    story = result.stdout.partition("\n1. ")[2]
    assert "diagnose has a rule for it: Invocations are killed by the timeout\nNext: shopfast-obs explain" in story
    markdown = run(observed(), "errors", "--format", "markdown").stdout
    assert "Next: shopfast\\-obs explain lambda\\-timeout\\-kills" in markdown


def test_errors_as_json_are_one_document() -> None:
    """Groups with fingerprints, counts and exemplars."""
    document = json.loads(run(observed(), "errors", "--format", "json").stdout)
    (group,) = document["groups"]
    assert (group["kind"], group["count"], group["where"]) == ("timeout", 1, "web")
    assert len(group["fingerprint"]) == 12
    assert group["exemplars"][0]["trace_id"] == TRACE
    assert (document["events"], document["traces"]) == (5, 10)
    rule = {"id": "lambda-timeout-kills", "title": "Invocations are killed by the timeout"}
    assert document["rules"] == {group["fingerprint"]: rule}


@pytest.mark.parametrize("output_format", ["text", "json", "html"])
def test_a_file_of_something_else_is_not_taken_for_good_news(tmp_path: Path, output_format: str) -> None:
    """Where nothing was read nothing can be said; the file is named, and what writes one that can be read."""
    (tmp_path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"neither a trace nor a log event.*notes\.md: .*not JSON") as caught:
        run(FakeCloud(), "errors", "--input", str(tmp_path / "notes.md"), "--format", output_format)
    assert "filter-log-events" in caught.value.hint


@pytest.mark.parametrize(("name", "lines"), FILES.items())
def test_errors_are_read_from_log_files_of_every_kind(tmp_path: Path, name: str, lines: str) -> None:
    """The function, the error and the frames, whatever wrote the file; beside it one that nobody knows is named."""
    (tmp_path / "web.log").write_text(lines, encoding="utf-8")
    (tmp_path / "other.json").write_text('{"a": 1}', encoding="utf-8")
    document = json.loads(
        run(FakeCloud(unreachable=True), "errors", "--input", str(tmp_path), "--format", "json").stdout
    )
    (group,) = document["groups"]
    assert (group["type"], group["where"], group["count"], group["frame"][2]) == ("KeyError", "web", 2, "load"), name
    assert document["warnings"] == [f"{tmp_path / 'other.json'}: no trace and no log line in it"]


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


def changed() -> FakeCloud:
    """A quarter of an hour with an old and a new error after one with the old and another; two customers are hit."""
    now = time.time()
    lines = [(now - 1700 + n, f"[ERROR] ValueError: bad price {n}") for n in range(3)]
    lines += [(now - 1600, "[ERROR] LookupError: gone for good"), (now - 600, "[ERROR] ValueError: bad price 9")]
    lines += [(now - 500, "looking for the article"), (now - 499, "[ERROR] KeyError: 'sku'")]
    traces = []
    for n, user in enumerate(("ann", "bob", "ann")):
        failing = Segment(
            "f", "web", now - 400 + n, now - 399 + n, origin="AWS::Lambda::Function", fault=True, user=user,
            exceptions=(TracedException("PaymentError", "refused"),),
        )  # fmt: skip
        traces.append(Trace(f"1-{int(now) - 400 + n:08x}-{n:024x}", (failing,)))
    return FakeCloud(recorded_traces=traces, logs={"/aws/lambda/web": log_events("/aws/lambda/web", lines)})


def test_errors_are_compared_with_the_window_before() -> None:
    """Which groups are new, which are gone, and the same of log templates."""
    document = json.loads(run(changed(), "errors", "--format", "json").stdout)
    names = {group["fingerprint"]: group["type"] for group in document["groups"]}
    assert document["compared"] is True
    assert sorted(names[fingerprint] for fingerprint in document["new"]) == ["KeyError", "PaymentError"]
    assert [group["type"] for group in document["gone"]] == ["LookupError"]
    assert [t["template"] for t in document["gone_templates"]] == ["LookupError: gone for good"]
    assert {t["template"] for t in document["templates"] if t["before"] == 0} == {
        "KeyError: 'sku'", "looking for the article",
    }  # fmt: skip
    alone = json.loads(run(changed(), "errors", "--no-before", "--format", "json").stdout)
    assert (alone["compared"], alone["new"], alone["gone"]) == (False, [], [])


def test_an_error_has_its_users_its_trend_and_the_lines_around_it() -> None:
    """How many customers, when, and what was said just before."""
    cloud = changed()
    document = json.loads(run(cloud, "errors", "--format", "json").stdout)
    payment = next(group for group in document["groups"] if group["type"] == "PaymentError")
    assert (payment["users"], payment["count"], sum(payment["trend"])) == (2, 3, 3)
    missing = next(group for group in document["groups"] if group["type"] == "KeyError")
    around = document["around"][missing["fingerprint"]]
    assert [(line["message"], line["matched"]) for line in around][-2:] == [
        ("looking for the article", False), ("KeyError: 'sku'", True),
    ]  # fmt: skip
    text = run(cloud, "errors").stdout
    assert "users: 2" in text
    assert "looking for the article" in text
    assert "Gone since the window before" in text
    assert max(len(line) for line in text.splitlines()) <= 80


DAY = 86_400.0
TRACEBACK = """[ERROR] KeyError: 'total'
Traceback (most recent call last):
  File "/var/task/app.py", line 12, in handler
    price(order)
"""


def test_a_traceback_keeps_its_lines_and_failures_of_several_days_have_their_date(tmp_path: Path) -> None:
    """In the line of a group and around it; in Markdown as a block of code."""
    events = [
        {"timestamp": int((day * DAY + 36_000) * 1000), "message": TRACEBACK, "logStreamName": "s", "eventId": str(day)}
        for day in range(2)
    ]
    (tmp_path / "web.json").write_text(json.dumps({"events": events}))
    text = run(FakeCloud(unreachable=True), "errors", "--input", str(tmp_path)).stdout
    assert text.count('\n      File "/var/task/app.py", line 12, in handler\n        price(order)\n') == 1
    assert text.count("    1970-01-02 10:00:00.000") == 1
    assert "2 times in 2 requests, 1970-01-01 10:00:00 to 1970-01-02 10:00:00 UTC" in text
    markdown = run(FakeCloud(unreachable=True), "errors", "--input", str(tmp_path), "--format", "markdown").stdout
    assert '  File "/var/task/app.py", line 12, in handler\n    price(order)\n' in markdown


def test_errors_of_saved_traces_and_logs_need_no_cloud(tmp_path: Path) -> None:
    """What the `aws` command wrote, beside saved traces."""
    events = [{"timestamp": 1000, "message": "[ERROR] KeyError: 'sku'\n", "logStreamName": "s", "eventId": "1"}]
    (tmp_path / "web.json").write_text(json.dumps({"events": events, "searchedLogStreams": []}))
    (tmp_path / "traces.json").write_text(json.dumps(BATCH))
    cloud = FakeCloud(unreachable=True)
    document = json.loads(run(cloud, "errors", "--input", str(tmp_path), "--format", "json").stdout)
    assert [(group["type"], group["where"]) for group in document["groups"]] == [("KeyError", "web")]
    assert (document["events"], document["traces"], document["warnings"]) == (1, 1, [])
    assert cloud.calls == []


class Refusing(FakeCloud):
    """A cloud that lets read two traces, and none of the logs of one group."""

    def traces(self, ids: Sequence[str]) -> Iterator[Trace]:
        """Two, then no more."""
        yield from list(super().traces(ids))[:2]
        raise DeniedError("xray:BatchGetTraces was refused: ThrottlingException: Rate exceeded.")

    def events(self, group: str, window: TimeRange, pattern: str = "") -> Iterator[LogEvent]:
        """Nothing of the secret group."""
        if "secret" in group:
            raise DeniedError("logs:FilterLogEvents was refused: AccessDeniedException.")
        return super().events(group, window, pattern)


def test_what_may_not_be_read_is_named_and_the_rest_is_reported() -> None:
    """A throttled API and a denied group: a partial report, each with its name."""
    cloud = observed()
    partial = Refusing(recorded_traces=cloud.recorded_traces, logs={**cloud.logs, "/aws/lambda/secret": []})
    document = json.loads(run(partial, "traces", "--format", "json").stdout)
    assert len(document["traces"]) == 2
    throttled = "throttled: 2 of 10 traces were read, because xray:BatchGetTraces was refused"
    assert document["warnings"][0].startswith(throttled)
    errors = json.loads(run(partial, "errors", "--format", "json").stdout)
    assert [group["kind"] for group in errors["groups"]] == ["timeout"]
    assert any(w.startswith("denied: no log lines of /aws/lambda/secret, because") for w in errors["warnings"])


def test_a_report_can_be_written_to_a_file(tmp_path: Path) -> None:
    """Text, JSON and Markdown as well as HTML; a folder that is not there is a sentence."""
    for output_format in ("text", "json", "markdown", "html"):
        file = tmp_path / f"report.{output_format}"
        result = run(observed(), "traces", "--format", output_format, "-o", str(file))
        assert (result.stdout, f"Wrote {file}" in result.stderr) == ("", True)
        assert "GET /web" in file.read_text().replace("\\", "")
    with pytest.raises(UserError, match="cannot be written"):
        run(observed(), "traces", "-o", str(tmp_path / "nowhere" / "x"))


def test_memory_and_sampling_come_from_the_report_lines() -> None:
    """The cold starts by memory size, and a sentence when not every invocation was traced."""
    cloud = observed()
    lines = [*cloud.logs["/aws/lambda/web"]]
    lines += log_events("/aws/lambda/web", [(time.time() - 20, report_line("b" + ID[1:], 10, memory_mb=256))])
    # since its log format changed in the window, the function's reports are of both kinds
    metrics = {"durationMs": 10, "billedDurationMs": 11, "memorySizeMB": 256, "maxMemoryUsedMB": 60}
    tracing = {"type": "X-Amzn-Trace-Id", "value": f"Root={TRACE};Sampled=1"}
    record = {"requestId": "c" + ID[1:], "metrics": metrics, "tracing": tracing, "status": "success"}
    lines += log_events(
        "/aws/lambda/web",
        [(time.time() - 10, json.dumps({"time": "2026-01-01T00:00:00Z", "type": "platform.report", "record": record}))],
    )
    service, function = cloud.recorded_traces[9].segments
    named = Trace(service.trace_id, (service, function._replace(aws={"request_id": "b" + ID[1:]})))
    told = FakeCloud(recorded_traces=[*cloud.recorded_traces[:9], named], logs={"/aws/lambda/web": lines})
    document = json.loads(run(told, "traces", "--format", "json").stdout)
    assert {row["memory_mb"]: row["invocations"] for row in document["cold_starts"]} == {None: 9, 256: 1}
    assert document["sampling"] == [2, 3]
    text = run(told, "traces").stdout
    assert "256 MB" in text
    assert "sampled: 2 of 3 invocations that the logs report were traced" in " ".join(text.split())


@pytest.mark.parametrize("output_format", ["text", "json", "markdown", "html"])
def test_a_secret_that_needs_its_lines_is_masked_in_every_format(tmp_path: Path, output_format: str) -> None:
    """Lambda writes the line breaks of an exception as carriage returns; a report puts the lines together."""
    said = ("user,password\rann,{}", "password: |\r  {}\ruser: x", "| user | password |\r| ann | {} |")
    secrets = [f"kestrel{number}-Bay" for number in range(40, 40 + len(said))]
    traceback = '\rTraceback (most recent call last):\r  File "/var/task/a.py", line 1, in h'
    events = [
        {
            "timestamp": 1_800_000_000_000 + place,
            "message": f"[ERROR] ValueError: {text.format(secret)}{traceback}",
            "logGroupName": "/aws/lambda/f",
            "logStreamName": "s",
        }
        for place, (text, secret) in enumerate(zip(said, secrets, strict=True))
    ]
    (tmp_path / "log.json").write_text(json.dumps({"events": events}))
    result = run(FakeCloud(), "errors", "--input", str(tmp_path / "log.json"), "--format", output_format)
    assert "ValueError" in result.output and "masked" in result.output
    assert not [secret for secret in secrets if secret in result.output]


def test_totals_are_xrays_own_where_more_traces_are_there_than_are_read() -> None:
    """The table says what is counted and what is of the newest traces; with a filter, or when all are read, none."""
    cloud = observed()
    cloud.totals = (ServiceTotals("web", "AWS::Lambda", 12_345, 12, 0, 123, 2469.0),)
    text = run(cloud, "traces", "--limit", "5").stdout
    assert "Counted by X-Ray over all its traces; all other tables are of the newest 5." in text
    assert "12,345" in text
    limited = json.loads(run(cloud, "traces", "--limit", "5", "--format", "json").stdout)
    assert limited["totals"][0]["requests"] == 12_345
    for more in ((), ("--limit", "5", "--filter", "fault")):
        assert json.loads(run(cloud, "traces", "--format", "json", *more).stdout)["totals"] == []
