"""The handlers of an application without tests, called with events as the search for a proof asks for it."""

from __future__ import annotations

import ast
import json
import os
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs.cli.application_tests import process, python
from shopfast_obs.cli.application_tests.suite import outcomes
from shopfast_obs.cli.application_tests.workspace import Workspace
from shopfast_obs.instrument.application import handler_discovery, sources
from shopfast_obs.instrument.application_tests import events
from shopfast_obs.instrument.application_tests.interface import Report
from shopfast_obs.model.changes import FileChange

if TYPE_CHECKING:
    from shopfast_obs.instrument.plan import Instrumentation

REPLAY = "shopfast_obs_proof_replay.py"


class Handlers:
    """The changed files' handlers with six events each, in a copy, with AWS faked, until the time is up."""

    noun = "event"
    cheap = True  # twice, because what a handler does may differ from call to call

    def __init__(
        self, workspace: Workspace, planned: Instrumentation, interpreter: python.Python, folder: Path, seconds: float
    ) -> None:
        self._workspace, self._python, self._folder = workspace, interpreter, folder
        self._end, self._seconds = time.monotonic() + seconds, seconds
        self._tasks = list(_tasks(planned, workspace.root))
        python.lend(interpreter, folder / "layer")
        (folder / "home").mkdir()

    def run(self, changes: Sequence[FileChange], only: Collection[str] = ()) -> Report:
        """What each handler did with the changes."""
        self._workspace.fresh(changes)
        results, tasks = self._folder / "results", self._folder / "tasks"
        results.write_text("")
        tasks.write_text(json.dumps([task for task in self._tasks if not only or _named(task, only)]))
        environment = {
            **python.environment(os.environ, self._folder / "home", [self._folder / "layer"]),
            "SHOPFAST_OBS_PROOF_ORIGINAL": str(self._workspace.root),
            "SHOPFAST_OBS_PROOF_COPY": str(self._workspace.copy),
            "SHOPFAST_OBS_PROOF_RESULTS": str(results),
        }
        command = (str(self._python.path), str(self._folder / "layer" / REPLAY), str(tasks))
        done = process.run(command, self._workspace.copy, environment, self._end - time.monotonic())
        found = {name: outcome for name, outcome in outcomes(results).items() if not only or name in only}
        ended = f"the handlers took longer than {self._seconds:.0f} s" if done.code is None else ""
        return Report(found, ended, done.output)


def _named(task: dict[str, Any], only: Collection[str]) -> bool:
    start = f"{task['file']}:{task['handler']} ["
    return any(name.startswith(start) for name in only)


def _tasks(planned: Instrumentation, root: Path) -> Iterator[dict[str, Any]]:
    about = events.known(root)
    for file in planned.files:
        path = file.path.resolve()
        if file.status != "changed" or file.before is None or path.suffix != ".py" or not path.is_relative_to(root):
            continue
        source = file.before.decode("utf-8", "replace")
        for name in _handlers(file.before):
            chosen = events.chosen(path, name, source, about)
            yield {"file": path.relative_to(root).as_posix(), "handler": name, "events": chosen}


def _handlers(data: bytes) -> Sequence[str]:
    try:
        tree: ast.Module = sources.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return handler_discovery.find(tree)
