"""Instrumented durable functions in the SDK's own local runner: what runs again is not counted again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.changes import engine
from tests.durable.instrumented import HERE, MISSING, ONCE, PYTHON, counted, documents, order, said

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason=MISSING)
ROOT = Path(__file__).parents[2]
GIVEN = {
    "order.process": [{"id": "o-1", "_correlation_id": "abc"}, {"id": "o-2", "refused": True}],
    "fan.outside": [{"_correlation_id": "abc"}],
    "fan.inside": [{"_correlation_id": "abc"}],
}


@dataclass
class Run:
    """The result of an execution, and the documents that it wrote before."""

    result: dict[str, Any]
    lines: list[dict[str, Any]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """All executions, one after the other in one process."""
    folder = order(tmp_path_factory.mktemp("runner"))
    shutil.copy(HERE / "fan.py", folder)
    ours = {"PYTHONPATH": str(ROOT), "POWERTOOLS_METRICS_NAMESPACE": "shop", "AWS_DEFAULT_REGION": "eu-west-1"}
    environment = {**os.environ, **ours}
    calls = [f"{name}={json.dumps(event)}" for name, events in GIVEN.items() for event in events]
    command = [str(PYTHON), str(HERE / "runner.py"), str(folder), *calls]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found, lines = [], []
    for document in documents(done.stdout.splitlines()):
        if "status" in document:
            found.append(Run(document, lines))
            lines = []
        else:
            lines.append(document)
    return found


def test_each_step_is_counted_once_and_all_lines_have_the_id_of_the_input(runs: list[Run]) -> None:
    """Three resumes and a failed attempt lie between the first line and the last."""
    run = runs[0]
    assert run.result["status"] == "SUCCEEDED"
    assert counted(run.lines) == ONCE
    messages = [line for line in run.lines if "message" in line]
    assert {line["correlation_id"] for line in messages} == {"abc"}
    assert len({line["executionArn"] for line in messages}) == 1
    assert sum(line["message"] == "received" for line in messages) == 4
    (failed,) = [line for line in messages if line["level"] == "ERROR"]
    assert "the card network does not answer" in failed["exception"]
    told = [message for message in said(run.lines) if "failed step" not in message]
    assert told == ["order o-1 begins", "received", "reserving", "charging", "charging", "order o-1 ends"]


def test_an_execution_without_an_id_has_its_own_in_every_line(runs: list[Run]) -> None:
    """The handler's own failure, after everything, is counted once."""
    run = runs[1]
    assert run.result["status"] == "FAILED"
    (own,) = {line["correlation_id"] for line in run.lines if "message" in line}
    assert {line["executionArn"].partition("/")[0] for line in run.lines if "message" in line} == {own}
    assert counted(run.lines) == {**{name: 1 for name in ONCE if name != "Finished"}, "Refused": 1}


@pytest.mark.parametrize("which", [2, 3], ids=["outside of the SDK's decorator", "inside of it"])
def test_branches_children_and_polls_are_counted_once_in_whatever_thread(runs: list[Run], which: int) -> None:
    """Each context has its own place in the replay."""
    run = runs[which]
    assert json.loads(run.result["result"]) == {"found": [4, 8, 12, 10, 14, 16, 3], "id": "abc"}
    assert counted(run.lines) == {"Entered": 7, "Worked": 9, "Looked": 3}
    entered = [message for message in said(run.lines) if message.startswith("entered")]
    assert sorted(entered) == sorted(f"entered {number}" for number in (0, 1, 2, 3, 5, 7, 10))


def test_undo_leaves_the_order_as_its_author_wrote_it(tmp_path: Path) -> None:
    """Byte for byte; what was not instrumented finishes as well."""
    folder = order(tmp_path)
    changed = (folder / "order.py").read_text()
    assert "@observed" in changed.partition("@durable_execution")[0]
    engine.undo(tmp_path, tmp_path / ".state")
    assert (folder / "order.py").read_text() == (HERE / "order.py").read_text()
