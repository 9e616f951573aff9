"""`logs` as a user runs it, over a fake cloud."""

import json
import time
from functools import partial
from pathlib import Path

import pytest

from shopfast_obs.cli.logs import command, followed, wanted_of
from shopfast_obs.errors import UserError
from shopfast_obs.model.telemetry import LogEvent
from shopfast_obs.testing import FakeCloud, log_events, report_line
from tests.cli.command_line import on_cloud

run = partial(on_cloud, command)

ONE = "8f507cfc-1234-4697-b07a-ac58fc914c95"
TRACE = "1-5e34a614-10bd1234f1fb44f07bc535a1"


def cloud() -> FakeCloud:
    """An order that two functions worked on, and somebody else's lines."""
    now = time.time() - 60
    web = [
        (now, f"START RequestId: {ONE} Version: $LATEST"),
        (now + 0.1, '{"level": "INFO", "message": "order placed", "correlation_id": "corr-1", "order": {"id": 7}}'),
        (now + 0.2, "a line of free text"),
        (now + 0.3, report_line(ONE, 300, trace_id=TRACE)),
        (now + 5, "another request"),
    ]
    mail = [(now + 1, '{"level": "ERROR", "message": "no address", "correlation_id": "corr-1"}')]
    return FakeCloud(
        logs={
            "/aws/lambda/web": log_events("/aws/lambda/web", web),
            "/aws/lambda/mail": log_events("/aws/lambda/mail", mail),
        }
    )


def test_a_correlation_id_brings_the_lines_of_all_functions_in_order() -> None:
    """With the rest of the requests, without anybody else's."""
    lines = run(cloud(), "corr-1").stdout.splitlines()
    assert ["START" in line for line in lines] == [True, False, False, False, False]
    assert "INFO order placed" in lines[1]
    assert "a line of free text" in lines[2]
    assert lines[4].endswith("ERROR no address")
    assert "mail" in lines[4]


def test_a_trace_id_or_request_id_brings_the_request() -> None:
    """Only the REPORT line names the trace; the other lines follow from it."""
    for value in (TRACE, ONE, f"Root={TRACE};Parent=1"):
        assert "a line of free text" in run(cloud(), value).stdout


def test_a_field_is_matched_and_shown_as_a_column() -> None:
    """By path, with nothing for lines that do not have it."""
    result = run(cloud(), "order.id=7", "--fields", "level,order.id,message")
    assert any(line.split()[1:4] == ["web", "INFO", "7"] for line in result.stdout.splitlines())
    assert "no address" not in result.stdout


def test_context_and_groups() -> None:
    """Neighbours begin with a dot; a part of a name chooses groups."""
    assert ".".join(line[0] for line in run(cloud(), "corr-1", "--context", "9").stdout.splitlines()).count("..") == 1
    assert "web" not in run(cloud(), "corr-1", "--group", "mail").stdout
    assert len(run(cloud()).stdout.splitlines()) == 6


def test_json_is_one_document() -> None:
    """Fields as they were written."""
    lines = json.loads(run(cloud(), "corr-1", "--format", "json").stdout)["lines"]
    assert [line["matched"] for line in lines] == [False, True, False, False, True]
    assert lines[1]["fields"]["order"] == {"id": 7}
    assert lines[2]["request"] == ONE


def test_nothing_found_is_said() -> None:
    """On stderr; stdout stays empty."""
    result = run(cloud(), "nobody")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No log line in the last 15m has 'nobody'." in result.stderr
    assert run(cloud(), "x", "--follow", "--format", "json").exit_code == 2


def test_following_gives_every_new_line_once_until_ctrl_c() -> None:
    """A line that is seen in two looks comes once; a late one is not missed."""
    fake = FakeCloud(logs={"g": [LogEvent(100.5, "corr-1 first", "g", "s")]})
    looks = 0

    def sleep(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            fake.logs = {
                "g": [*fake.logs["g"], LogEvent(100.2, "corr-1 late", "g", "s"), LogEvent(103.0, "other", "g", "s")]
            }
        if looks == 4:
            raise KeyboardInterrupt

    lines = followed(fake, 100.0, wanted_of("corr-1"), "", sleep=sleep, now=lambda: 100.0 + looks * 2)
    assert [line.event.message for line in lines] == ["corr-1 first", "corr-1 late"]


def test_saved_logs_are_searched_without_a_cloud(tmp_path: Path) -> None:
    """Two functions' files, by correlation id; what is not there is said, and new lines cannot be waited for."""
    for name, message in (("web", '{"message": "placed", "correlation_id": "corr-1"}'), ("mail", "corr-1 was sent")):
        event = {"timestamp": 1, "message": message, "logStreamName": "s", "eventId": name}
        (tmp_path / f"{name}.json").write_text(json.dumps({"events": [event]}))
    nowhere = FakeCloud(unreachable=True)
    found = run(nowhere, "corr-1", "--input", str(tmp_path)).stdout
    assert "placed" in found
    assert "was sent" in found
    assert "placed" not in run(nowhere, "corr-1", "--input", str(tmp_path), "--group", "mail").stdout
    assert "No log line in " in run(nowhere, "corr-2", "--input", str(tmp_path)).output
    assert run(nowhere, "corr-1", "--input", str(tmp_path), "--follow").exit_code == 2


def test_a_group_that_is_not_there_is_no_empty_answer() -> None:
    """What there is, is named, the nearest first; in a cloud and in files."""
    with pytest.raises(UserError) as problem:
        run(cloud(), "--group", "webb")
    assert problem.value.hint == "Near are: /aws/lambda/web."
