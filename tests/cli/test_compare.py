"""`compare` as a user runs it: windows of a fake cloud, saved traces, saved reports."""

import json
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from shopfast_obs.cli.compare import command, window
from shopfast_obs.cli.report import command as report
from shopfast_obs.errors import UserError
from shopfast_obs.model.telemetry import Trace
from shopfast_obs.testing import FakeCloud, function_trace, log_events, report_line
from tests.cli.command_line import FakeApp, on_cloud

run = partial(on_cloud, command)


def traces(start: float, seconds: float, count: int = 60) -> list[Trace]:
    """Requests that take about so long, one a second."""
    return [
        function_trace(f"1-{int(start) + n:08x}-{n:024x}", start + n, duration=seconds * (1 + n % 7 / 50))
        for n in range(count)
    ]


def shifted() -> FakeCloud:
    """A cloud that became twice as slow ten minutes ago."""
    now = time.time()
    return FakeCloud(recorded_traces=[*traces(now - 1100, 0.2), *traces(now - 500, 0.4)])


def documents(folder: Path, name: str, seconds: float) -> Path:
    """A file of segment documents."""
    lines = []
    for n in range(40):
        took = seconds * (1 + n % 5 / 50)
        lines.append(
            json.dumps(
                {
                    "id": f"{n:016x}",
                    "trace_id": f"1-{n:08x}-{n:024x}",
                    "name": "web",
                    "start_time": n,
                    "end_time": n + took,
                    "http": {"request": {"url": "http://x/a", "method": "GET"}},
                }
            )
        )
    (folder / name).write_text("\n".join(lines))
    return folder / name


def test_two_windows_as_text_fit_80_columns_and_fail_the_check() -> None:
    """Twice as slow: exit code 1, the route named first."""
    result = run(shifted(), "20m..10m", "10m..")
    assert result.exit_code == 1
    assert "GET /web is slower" in result.stdout
    assert "+100 %" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_long_names_fit_80_columns(tmp_path: Path) -> None:
    """Every table, with names and numbers as long as they come."""
    long = documents(tmp_path, "a.jsonl", 0.4), documents(tmp_path, "b.jsonl", 40.0)
    for file in long:
        file.write_text(
            file.read_text().replace("http://x/a", "http://x/" + "a-very-long-part/" * 9).replace("web", "w" * 60)
        )
    result = run(FakeCloud(), *(str(file) for file in long))
    assert max(len(line) for line in result.stdout.splitlines()[2:] if "slower" not in line or "%" in line) <= 80


def test_the_same_window_twice_passes() -> None:
    """Nothing changed, exit code 0, and it says so."""
    result = run(shifted(), "10m..", "10m")
    assert result.exit_code == 0
    assert "Nothing got worse" in result.stdout


def test_json_is_one_document_and_tolerance_is_a_threshold() -> None:
    """What CI reads."""
    document = json.loads(run(shifted(), "20m..10m", "10m..", "--format", "json").stdout)
    assert document["before"] == {"what": "20m..10m", "traces": 60}
    assert document["routes"][0]["verdict"] == "slower"
    assert document["worse"]
    assert run(shifted(), "20m..10m", "10m..", "--tolerate", "150").exit_code == 0


def test_saved_traces_and_saved_reports_compare_alike(tmp_path: Path) -> None:
    """A file of traces against the report of another: the same verdict, without a cloud."""
    nowhere = FakeCloud(unreachable=True)
    slow, fast = documents(tmp_path, "slow.jsonl", 0.4), documents(tmp_path, "fast.jsonl", 0.2)
    said = CliRunner().invoke(report, ["traces", "--input", str(fast), "--format", "json"], obj=FakeApp(nowhere))
    (tmp_path / "fast.json").write_text(said.stdout)
    for before in (fast, tmp_path / "fast.json"):
        document = json.loads(run(nowhere, str(before), str(slow), "--format", "json").stdout)
        assert [(row["name"], row["verdict"]) for row in document["routes"]] == [("GET /a", "slower")]
        assert document["routes"][0]["change"] == pytest.approx(1.0)


def test_a_report_that_is_broken_is_a_user_error(tmp_path: Path) -> None:
    """One sentence, not a traceback."""
    (tmp_path / "r.json").write_text('{"traces": [{}], "entry_points": [], "service_map": {}, "breakdown": {}}')
    with pytest.raises(UserError, match="cannot be read"):
        run(FakeCloud(), str(tmp_path / "r.json"), str(tmp_path / "r.json"))


def test_windows_are_two_moments() -> None:
    """How long ago, now, or ISO times; anything else says what a window is."""
    assert (window("30m..15m", 10_000).start, window("30m..15m", 10_000).end) == (8_200, 9_100)
    assert window("15m", 10_000).end == window("15m..", 10_000).end == window("15m..now", 10_000).end == 10_000
    assert window("1970-01-01T01:00:00Z..1970-01-01T02:00:00Z", 1e9).seconds == 3600
    for bad in ("nonsense", "15m..30m", ".."):
        with pytest.raises(UserError) as caught:
            window(bad, 10_000)
        assert caught.value.hint


def test_thresholds_decide_instead_of_the_verdict(tmp_path: Path) -> None:
    """Twice as slow: within three times it passes, beyond a fifth it fails and says which route; the JSON has both."""
    passed = run(shifted(), "20m..10m", "10m..", "--fail-on", "p95:+200%", "--fail-on", "errors:+1%")
    assert passed.exit_code == 0
    assert "p95:+200%" in passed.stdout
    failed = run(shifted(), "20m..10m", "10m..", "--fail-on", "p50:+20%", "--fail-on", "new-errors", "--format", "json")
    assert failed.exit_code == 1
    first, second = json.loads(failed.stdout)["thresholds"]
    assert (first["threshold"], len(first["failed"]), second["failed"]) == ("p50:+20%", 1, [])
    assert first["failed"][0].startswith("GET /web went from ")


def test_a_saved_report_has_all_but_the_chains(tmp_path: Path) -> None:
    """Both sides saved: edges, cold starts and steps of the critical path still have verdicts, and the gap is named."""
    nowhere = FakeCloud(unreachable=True)
    for name, seconds in (("a", 0.2), ("b", 0.4)):
        file = documents(tmp_path, f"{name}.jsonl", seconds)
        said = CliRunner().invoke(report, ["traces", "--input", str(file), "--format", "json"], obj=FakeApp(nowhere))
        (tmp_path / f"{name}.json").write_text(said.stdout)
    document = json.loads(run(nowhere, str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--format", "json").stdout)
    assert [row["verdict"] for row in document["edges"]] == ["slower"]
    assert [(row["name"], row["verdict"]) for row in document["critical_path"]] == [("GET /a > web", "more")]
    assert [warning.partition(":")[0] for warning in document["warnings"]] == ["saved_report", "saved_report"]


def test_two_single_traces_are_compared_part_by_part() -> None:
    """By their ids: what became longer stands first, and nothing is called a verdict."""
    cloud = FakeCloud(recorded_traces=[*traces(1.6e9, 0.2, 1), *traces(1.7e9, 0.4, 1)])
    one, two = (trace.id for trace in cloud.recorded_traces)
    result = run(cloud, one, two)
    assert result.exit_code == 0
    assert "may be accidents" in result.stdout
    assert "Invocation" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()[1:]) <= 80
    document = json.loads(run(cloud, one, two, "--format", "json").stdout)
    assert document["trace_diff"]["matched"] == 1.0
    assert document["trace_diff"]["parts"][0]["difference"] == "longer"


def test_too_few_traces_are_no_good_news() -> None:
    """Ten on each side: not enough data, and no failure."""
    now = time.time()
    cloud = FakeCloud(recorded_traces=[*traces(now - 1100, 0.2, 10), *traces(now - 500, 0.4, 10)])
    result = run(cloud, "20m..10m", "10m..")
    assert result.exit_code == 0
    assert "Calls between services" not in result.stdout
    assert result.stdout.count("ot enough data") == 1
    told = "GET /web has 10 requests before and 10 after, and needs 10 more before and 10 more after"
    assert told in " ".join(result.stdout.split())
    whole = run(cloud, "20m..10m", "10m..", "--verbose")
    assert "GET /web" in whole.stdout
    assert "about cold starts and calls between services" in whole.stdout


def test_a_fix_that_ends_the_failures_is_told_from_few_requests() -> None:
    """What times lack for a verdict is a line below it."""
    now = time.time()
    broken = [
        replace(trace, segments=tuple(one._replace(fault=True) for one in trace.segments))
        for trace in traces(now - 1100, 3.0, 7)
    ]
    result = run(FakeCloud(recorded_traces=[*broken, *traces(now - 500, 0.4, 6)]), "20m..10m", "10m..")
    told = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert "GET /web fails less often: 7 of 7 requests before, 0 of 6 after" in told
    assert "GET /web has 7 requests before and 6 after, and needs 13 more before and 14 more after" in told
    assert "Routes" not in result.stdout


def test_the_functions_duration_stands_beside_the_routes() -> None:
    """Of warm invocations, by their REPORT lines; what got slower is named."""
    now = time.time()
    cloud = shifted()
    lines = [(now - 1100 + n, report_line(f"a{n}", 100 + n % 7)) for n in range(40)]
    lines += [(now - 500 + n, report_line(f"b{n}", 180 + n % 7)) for n in range(40)]
    lines += [(now - 450 + n, report_line(f"c{n}", 9000, init_ms=500)) for n in range(10)]
    cloud.logs = {"/aws/lambda/web": log_events("/aws/lambda/web", lines)}
    result = run(cloud, "20m..10m", "10m..")
    assert "the function web takes longer" in result.stdout
    assert "103 / 183 ms" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    (row,) = json.loads(run(cloud, "20m..10m", "10m..", "--format", "json").stdout)["functions"]
    assert (row["name"], row["after"]["count"], row["verdict"]) == ("web", 40, "slower")
