"""An application's tests as the search for a proof asks for them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from shopfast_obs.cli.application_tests import process, python
from shopfast_obs.cli.application_tests.workspace import Workspace
from shopfast_obs.instrument.application_tests.interface import Command, Report
from shopfast_obs.model.changes import FileChange

PLUGIN = "shopfast_obs_proof_pytest"
UNITTEST = "shopfast_obs_proof_unittest.py"
PYTEST_OPTIONS = (
    "-q",
    "-p",
    PLUGIN,
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "--maxfail=1000000",
    "--continue-on-collection-errors",
)
SPARE = 4  # runs that there must be time for, before a run counts as cheap


class Tests:
    """The tests of an application, run in a copy of it until the time is up."""

    noun = "test"

    def __init__(
        self,
        workspace: Workspace,
        commands: Sequence[Command],
        interpreter: python.Python,
        folder: Path,
        seconds: float,
    ) -> None:
        self._workspace, self._commands, self._python = workspace, commands, interpreter
        self._folder, self._end, self._seconds = folder, time.monotonic() + seconds, seconds
        self._longest = 0.0
        python.lend(interpreter, folder / "layer")
        (folder / "home").mkdir()

    @property
    def cheap(self) -> bool:
        """True while there is time for the whole of it a few times more."""
        return self._longest * SPARE < self._end - time.monotonic()

    def run(self, changes: Sequence[FileChange], only: Collection[str] = ()) -> Report:
        """The outcomes with the changes."""
        began = time.monotonic()
        self._workspace.fresh(changes)
        results: dict[str, str] = {}
        output = ""
        for command in self._commands:
            found, done = self._run(command, only)
            prefix = f"{command.folder}: " if len(self._commands) > 1 else ""
            results |= {f"{prefix}{name}": outcome for name, outcome in found.items()}
            output = done.output
            if done.code is None:
                return Report(results, f"the tests took longer than {self._seconds:.0f} s", output)
        if not only:
            self._longest = max(self._longest, time.monotonic() - began)
        return Report(results, output=output)

    def _run(self, command: Command, only: Collection[str]) -> tuple[dict[str, str], process.Done]:
        results, names = self._folder / "results", self._folder / "only"
        results.write_text("")
        prefix = f"{command.folder}: " if len(self._commands) > 1 else ""
        names.write_text(json.dumps([name.removeprefix(prefix) for name in only if name.startswith(prefix)]))
        environment = self._environment(command)
        environment["SHOPFAST_OBS_PROOF_RESULTS"] = str(results)
        if only:
            environment["SHOPFAST_OBS_PROOF_ONLY"] = str(names)
        folder = self._workspace.copy / command.folder
        try:
            done = process.run(self._arguments(command), folder, environment, self._end - time.monotonic())
        except OSError as problem:
            return {}, process.Done(1, str(problem))
        if command.kind == "command":
            return {"command": "passed" if done.code == 0 else "failed"}, done
        return outcomes(results), done

    def _arguments(self, command: Command) -> Sequence[str]:
        if command.kind == "command":
            return command.arguments
        if command.kind == "unittest":
            return (str(self._python.path), str(self._folder / "layer" / UNITTEST), *command.arguments[2:])
        return (str(self._python.path), *command.arguments, *PYTEST_OPTIONS)

    def _environment(self, command: Command) -> dict[str, str]:
        own = {**os.environ, **_paths(command, self._workspace.copy)}
        environment = python.environment(own, self._folder / "home", [self._folder / "layer"])
        bin_folder = self._python.path.parent
        return {
            **environment,
            "PATH": os.pathsep.join((str(bin_folder), environment.get("PATH", os.defpath))),
            "SHOPFAST_OBS_PROOF_ORIGINAL": str(self._workspace.root),
            "SHOPFAST_OBS_PROOF_COPY": str(self._workspace.copy),
        }


def _paths(command: Command, copy: Path) -> Mapping[str, str]:
    """The variables that the command sets, its import path from the copy's folder."""
    found = dict(command.environment)
    if path := found.get("PYTHONPATH"):
        folder = copy / command.folder
        parts = (part for part in path.split(os.pathsep) if part and "$" not in part)
        found["PYTHONPATH"] = os.pathsep.join(str(folder / part) for part in parts)
    return found


def outcomes(file: Path) -> dict[str, str]:
    """The results that a run has written, by name."""
    found: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            name, outcome = json.loads(line)
        except ValueError:  # a run that was ended in the middle of a line
            continue
        found[name] = outcome
    return found
