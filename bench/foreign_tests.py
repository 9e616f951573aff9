"""Other people's tests before and after `instrument`: with each profile, and with a proof.

Usage: python -m bench.foreign_tests FOLDER... [--venvs FOLDER] [--seconds N] [--json FILE]. Each folder is one
repository; VENVS/<its name> is the environment that its tests run in. Nothing of the folders is changed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from shopfast_obs import cli
from shopfast_obs.cli.application_tests.python import Python
from shopfast_obs.cli.application_tests.suite import Tests
from shopfast_obs.cli.application_tests.workspace import Workspace
from shopfast_obs.errors import ShopfastObsError
from shopfast_obs.instrument.application_tests.discovery import find
from shopfast_obs.instrument.application_tests.interface import Command
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import DEFAULT, all_codemods, selected

PROFILES = (DEFAULT, "all")


@dataclass
class Result:
    """One repository: how many tests pass before, and which differ after, by profile. `unfinished` says which runs did
    not come to their end: what they did not reach is neither the same nor different."""

    name: str
    commit: str = ""
    command: str = ""
    passed: int = 0
    tests: int = 0
    files: dict[str, int] = field(default_factory=dict)
    differing: dict[str, list[str]] = field(default_factory=dict)
    unfinished: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    proof: dict[str, Any] = field(default_factory=dict)
    said: str = ""
    by_chance: int = 0
    problem: str = ""
    seconds: float = 0.0

    @property
    def measured(self) -> bool:
        """True where every run came to its end."""
        return bool(self.passed and not self.problem and not self.unfinished)

    @property
    def good(self) -> bool:
        """True where every test that passed passes after it, with the default profile and with --prove."""
        return self.measured and not self.differing[DEFAULT] and self.proof.get("outcome") in ("same", "partly")


def measure(folder: Path, venv: Path, seconds: float) -> Result:
    """The figures of one repository."""
    result, began = Result(folder.name, commit_of(folder)), time.monotonic()
    try:
        _measure(folder.resolve(), venv, seconds, result)
    except ShopfastObsError as problem:
        result.problem = problem.message
    except Exception:  # one repository must not hide the others
        result.problem = traceback.format_exc(limit=-3)
    result.seconds = round(time.monotonic() - began, 1)
    return result


def commit_of(folder: Path) -> str:
    """The first digits of the checkout's commit."""
    done = subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip()[:12]


def _measure(folder: Path, venv: Path, seconds: float, result: Result) -> None:
    commands = find(folder).commands
    result.command = "; ".join(map(str, commands))
    if not commands:
        result.problem = "no tests"
        return
    with tempfile.TemporaryDirectory() as temporary:
        before = _before(_tests(folder, venv, commands, Path(temporary) / "before", seconds), result)
        if result.problem:
            return
        for profile in PROFILES:
            tests = _tests(folder, venv, commands, Path(temporary) / profile, seconds)
            _after(folder, tests, profile, before, result)
    _prove(folder, venv, result)


def _tests(folder: Path, venv: Path, commands: Sequence[Command], temporary: Path, seconds: float) -> Tests:
    temporary.mkdir()
    workspace = Workspace(folder, folder, temporary / "copy" / folder.name)
    return Tests(workspace, commands, Python(venv / "bin" / "python", venv.name), temporary, seconds)


def _before(tests: Tests, result: Result) -> dict[str, str]:
    """What passes twice."""
    first, again = tests.run(()), tests.run(())
    result.tests = len(first.results)
    before = {name: value for name, value in first.counted().items() if again.results.get(name) == value}
    result.passed, result.by_chance = len(before), len(first.counted()) - len(before)
    result.problem = first.ended or again.ended
    if not before:
        result.problem = result.problem or f"no test passes: {first.output[-300:]}"
    return before


def _after(folder: Path, tests: Tests, profile: str, before: dict[str, str], result: Result) -> None:
    planned = for_paths([folder], folder, selected(profile=profile))
    result.files[profile] = len(planned.plan.changes)
    after = tests.run(planned.plan.changes)
    if after.ended:
        result.unfinished[profile] = after.ended
    differing = [
        name
        for name in before
        if after.results.get(name) != before[name] and _reached(after.ended, name, after.results)
    ]
    if differing:
        again = tests.run(planned.plan.changes, differing)
        result.outputs[profile] = again.output[-6000:]
        if again.ended:
            result.unfinished[profile] = again.ended
        results = again.results
        differing = [
            name for name in differing if results.get(name) != before[name] and _reached(again.ended, name, results)
        ]
    result.differing[profile] = differing


def _reached(ended: str, name: str, results: Mapping[str, str]) -> bool:
    return not ended or name in results


def _prove(folder: Path, venv: Path, result: Result) -> None:
    """The command itself, without --apply."""
    with tempfile.TemporaryDirectory() as state, contextlib.chdir(folder):
        environment = {"VIRTUAL_ENV": str(venv), "SHOPFAST_OBS_STATE": state}
        done = CliRunner().invoke(cli.main, ["instrument", ".", "--prove", "--format", "json"], env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    try:
        result.proof = json.loads(done.stdout)["proof"] or {}
    except ValueError:
        result.problem = f"--prove: {done.output[-300:]}"
    result.said = " ".join(line for line in done.stderr.splitlines() if "same result" in line or "Not proven" in line)


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; 1 when a test differs with the default profile or nothing is proven."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--venvs", type=Path, default=Path("venvs"))
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if not options.folders:
        sys.stdout.write("No folders of repositories were named; see docs/measured/corpus.md for the last figures.\n")
        return 0
    results = []
    sys.stdout.write("| repository | commit | pass before | default: differ | all: differ | with --prove | seconds |\n")
    for folder in options.folders:
        result = measure(folder, (options.venvs / folder.name).absolute(), options.seconds)
        results.append(result)
        _print(result)
        if options.json:
            options.json.write_text(json.dumps([asdict(each) for each in results], indent=1))
    measured = [result for result in results if result.measured]
    passed, good = sum(r.passed for r in measured), sum(r.good for r in measured)
    sys.stdout.write(f"{passed} tests in {len(measured)} repositories pass before; {good} repositories are as before\n")
    return int(good < len(measured))


def _print(r: Result) -> None:
    differ = [_differ(r, profile) for profile in PROFILES]
    told = r.problem.replace("\n", " ")[:300] or r.said or f"not run: {r.proof}"
    row = (r.name, r.commit, f"{r.passed} of {r.tests}", *differ, told, str(r.seconds))
    sys.stdout.write(f"| {' | '.join(row)} |\n")
    for profile in PROFILES:
        for name in r.differing.get(profile, [])[:10]:
            sys.stdout.write(f"    {profile}: {name}\n")
    visible = {codemod.id: ", ".join(getattr(codemod, "visible", ())) for codemod in all_codemods()}
    for left in r.proof.get("left", ()):
        sys.stdout.write(f"    announced: {left['codemod']}: {visible.get(left['codemod'], '') or 'nothing'}\n")
    sys.stdout.flush()


def _differ(r: Result, profile: str) -> str:
    if profile not in r.differing:
        return "-"
    unfinished = f", {r.unfinished[profile]}" if profile in r.unfinished else ""
    return f"{len(r.differing[profile])} ({r.files[profile]} files{unfinished})"


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    raise SystemExit(main(sys.argv[1:]))
