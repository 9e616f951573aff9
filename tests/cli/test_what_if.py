"""`report what-if` and `compare --promise` as a user runs them."""

import json
import time
from pathlib import Path

from click.testing import CliRunner, Result

from shopfast_obs.cli.compare import command as compare
from shopfast_obs.cli.report import command as report
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.testing import FakeCloud, log_events, report_line
from tests.cli.command_line import FakeApp

FUNCTION = "AWS::Lambda::Function"


def requests(start: float, calls: int, count: int = 30) -> list[Trace]:
    """Requests of a function that makes so many calls of 100 ms one after another, one request a second."""
    found = []
    for number in range(count):
        began = start + number
        made = tuple(
            Segment(
                f"{number:08x}{n:08x}", "DynamoDB", began + 0.1 + 0.1 * n, began + 0.2 + 0.1 * n, namespace="aws",
                aws={"operation": "GetItem", "table_name": "items"},
            )
            for n in range(calls)
        )  # fmt: skip
        asked = {"request": {"method": "GET", "url": "https://shop.example/list"}}
        function = Segment(
            f"{number:016x}", "lister", began, began + 0.2 + 0.1 * calls, origin=FUNCTION, http=asked,
            aws={"request_id": f"r{number}"}, subsegments=made,
        )  # fmt: skip
        found.append(Trace(f"1-{int(began):08x}-{number:024x}", (function,)))
    return found


def run(cloud: FakeCloud, *arguments: str, command: object = report) -> Result:
    """The result of the command with these arguments."""
    return CliRunner().invoke(command, list(arguments), obj=FakeApp(cloud), catch_exceptions=False)  # type: ignore[arg-type]


def test_the_traces_suggest_changes_with_their_times_and_the_next_command() -> None:
    """Ten calls in a loop: as one batch the request takes 0.3 instead of 1.2 s."""
    result = run(FakeCloud(recorded_traces=requests(time.time() - 300, 10)), "what-if")
    assert result.exit_code == 0, result.output
    assert "lister: DynamoDB GetItem items in batches" in result.stdout
    assert "1.20 / 0.30 s" in result.stdout
    assert "BatchGetItem" in result.stdout
    assert "Next: shopfast-obs explain calls-one-by-one" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_prediction_is_saved_and_judged_by_what_was_measured(tmp_path: Path) -> None:
    """Promised 0.3 s: kept where there is one call now, broken where there are still five."""
    now = time.time()
    file = tmp_path / "promise.json"
    before = FakeCloud(recorded_traces=requests(now - 300, 10))
    assert (
        run(
            before, "what-if", "--change", "batch=DynamoDB GetItem items", "--format", "json", "-o", str(file)
        ).exit_code
        == 0
    )
    for calls, code, outcome in ((1, 0, "kept"), (5, 1, "broken")):
        after = FakeCloud(recorded_traces=requests(now - 200, calls))
        result = run(after, "--promise", str(file), "15m..", command=compare)
        assert result.exit_code == code, result.output
        assert outcome in result.stdout
        found = json.loads(run(after, "--promise", str(file), "15m..", "--format", "json", command=compare).stdout)
        assert {one["outcome"] for one in found["judged"]} >= {outcome}


def test_another_memory_size_needs_the_one_of_now() -> None:
    """REPORT lines tell it; without them the command says what to read, and with them what it predicts."""
    now = time.time()
    cloud = FakeCloud(recorded_traces=requests(now - 300, 2))
    refused = CliRunner().invoke(report, ["what-if", "--change", "memory=lister:1024"], obj=FakeApp(cloud))
    assert "needs the memory size of now" in str(refused.exception)
    group = "/aws/lambda/lister"
    reports = [(now - 290 + n, report_line(f"r{n}", 400.0, memory_mb=256)) for n in range(30)]
    cloud.logs = {group: log_events(group, reports)}
    told = run(cloud, "what-if", "--change", "memory=lister:1024")
    assert "lister with 1024 MB" in told.stdout
    assert "--measured FILE" in " ".join(told.stdout.split())
    assert "USD for a million requests" in told.stdout


def test_a_tuning_run_makes_one_number_of_the_range(tmp_path: Path) -> None:
    """Measured a quarter of the time at the new size: so is the request, by its route."""
    now = time.time()
    group, file = "/aws/lambda/lister", tmp_path / "tuned.json"
    sizes = [{"memory_mb": mb, "invocations": 20, "typical": seconds} for mb, seconds in ((256, 0.4), (1024, 0.1))]
    file.write_text(json.dumps({"function": "lister", "sizes": sizes}))
    reports = [(now - 290 + n, report_line(f"r{n}", 400.0, memory_mb=256)) for n in range(30)]
    cloud = FakeCloud(recorded_traces=requests(now - 300, 2), logs={group: log_events(group, reports)})
    told = run(cloud, "what-if", "--change", "memory=lister:1024", "--measured", str(file))
    assert "400 / 100 ms" in told.stdout
    file.write_text("{}")
    refused = CliRunner().invoke(report, ["what-if", "--measured", str(file)], obj=FakeApp(cloud))
    assert "no result of a tuning run" in str(refused.exception)


def test_what_changes_nothing_and_what_is_no_change_are_said() -> None:
    """A name that no call has is a warning; a text that is no change is refused."""
    cloud = FakeCloud(recorded_traces=requests(time.time() - 300, 2))
    assert "Nothing in 30 traces changes with instant=S3*" in run(cloud, "what-if", "--change", "instant=S3*").output
    refused = CliRunner().invoke(report, ["what-if", "--change", "faster"], obj=FakeApp(cloud))
    assert "is no change" in str(refused.exception)
