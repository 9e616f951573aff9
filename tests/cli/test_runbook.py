"""The command `runbook`: shown whole, done step by step, never without a yes."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner
from moto import mock_aws

from shopfast_obs.cli import runbook
from shopfast_obs.errors import UserError
from tests.cli import workshop_room
from tests.cli.workshop_room import Room, Web, project

THROTTLES = """---
id: throttles
title: Throttled
kind: runbook
version: 1
alarm: throttles
severity: SEV-2
---

## Symptom

x

## Impact

x

## Signals

- Misleading: x.

## Diagnosis

1. Which?

   ```console
   $ aws sqs list-queues --query QueueUrls
   $ shopfast-obs deploy
   ```

   You should see queues. If there are none, go home.

2. Of whom?

   ```console
   $ aws sqs get-queue-attributes --queue-url NAME --attribute-names All
   ```

   You should see it. If not, stop.

## Mitigation

```console
$ shopfast-obs mend --apply
```

## Fix

x

## Verify

```console
$ aws sqs purge-queue --queue-url NAME
```

It is empty.

## Rollback

x

## Escalate

x

## After

x
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A project with a runbook; its cloud is moto."""
    web = Web()
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made = project(tmp_path, web)
    (tmp_path / "runbooks" / "throttles.md").write_text(THROTTLES)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    with mock_aws():
        boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="work")
        made.client = lambda service: boto3.client(service, region_name="us-east-1")  # type: ignore[method-assign]
        yield made
    web.shutdown()
    thread.join()
    web.server_close()


workshop_room.root.add_command(runbook.command, "runbook")


def run(room: Room, *words: str) -> Any:
    """The result of the command; what it wrote is in the room."""
    for stream in (room.stdout, room.stderr):
        stream.seek(0)
        stream.truncate()
    return CliRunner().invoke(workshop_room.root, ["runbook", *words], obj=room)


def steps(room: Room, *words: str) -> list[tuple[str, str]]:
    """Each command and what became of it."""
    run(room, "throttles", "--format", "json", *words)
    return [(step["command"].split(" ")[1], step["outcome"]) for step in json.loads(room.stdout.getvalue())["steps"]]


def test_off_a_terminal_nothing_is_done_without_a_yes(room: Room) -> None:
    """It is shown whole, with the next thing to type."""
    assert run(room, "throttles").exit_code == 0
    assert "## Escalate" in room.stdout.getvalue()
    assert "Nothing was done." in room.stderr.getvalue()
    assert room.ran == []
    assert steps(room) == [("sqs", "left"), ("deploy", "left"), ("sqs", "open")]


def test_steps_are_done_on_the_target(room: Room) -> None:
    """Calls of the API without the aws command, our own commands, and what one should see; blanks are left open."""
    assert steps(room, "--yes") == [("sqs", "done"), ("deploy", "done"), ("sqs", "open")]
    first = json.loads(room.stdout.getvalue())["steps"][0]
    assert "work" in json.loads(first["output"])[0]
    assert (first["expected"], first["otherwise"]) == ("You should see queues.", "If there are none, go home.")
    assert room.ran == ["deploy to local"]


def test_blanks_are_filled_in(room: Room) -> None:
    """By name."""
    url = boto3.client("sqs", region_name="us-east-1").get_queue_url(QueueName="work")["QueueUrl"]
    assert steps(room, "--yes", "--set", f"NAME={url}")[-1] == ("sqs", "done")
    assert "QueueArn" in room.stdout.getvalue()


def test_what_looks_changes_nothing(room: Room) -> None:
    """A call that writes is refused in the sections that only look."""
    assert steps(room, "--yes", "--section", "verify", "--set", "NAME=http://q") == [("sqs", "failed")]
    assert "changes something" in room.stdout.getvalue()


def test_after_a_failure_nothing_more_is_done(room: Room) -> None:
    """Exit 2, and the rest is left."""
    path = room.settings.path("runbooks") / "throttles.md"
    path.write_text(path.read_text().replace("aws sqs list-queues --query QueueUrls", "rm -rf thing"))
    assert steps(room, "--yes") == [("-rf", "failed"), ("deploy", "left"), ("sqs", "left")]
    assert run(room, "throttles", "--yes").exit_code == 2


def test_a_name_that_is_none_gets_the_nearest(room: Room) -> None:
    """Or the list."""
    problem = run(room, "trottles").exception
    assert isinstance(problem, UserError)
    assert problem.hint == "Did you mean 'throttles'?"
    assert run(room).exit_code == 0
    assert "Throttled" in room.stdout.getvalue()
