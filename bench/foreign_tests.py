"""Other people's tests before and after `instrument`: with each profile, and with a proof.

Usage: python -m bench.foreign_tests FOLDER... [--venvs FOLDER] [--seconds N] [--json FILE]. Each folder is one
repository; VENVS/<its name> is the environment that its tests run in. Nothing of the folders is changed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from shopfast_obs.cli.proof.python import Python
from shopfast_obs.cli.proof.suite import Tests
from shopfast_obs.cli.proof.workspace import Workspace
from shopfast_obs.errors import ShopfastObsError
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.proof.discovery import find
from shopfast_obs.instrument.proof.interface import Proof
from shopfast_obs.instrument.proof.search import prove
from shopfast_obs.instrument.proof.sentences import sentences
from shopfast_obs.instrument.registry import DEFAULT, all_codemods, selected
from shopfast_obs.instrument.selection import Excluded, sparing

PROFILES = (DEFAULT, "all")


@dataclass
class Result:
    """One repository: how many tests pass before, and which differ after, by profile."""

    name: str
    command: str = ""
    passed: int = 0
    tests: int = 0
    files: dict[str, int] = field(default_factory=dict)
    differing: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    proof: str = ""
    proven: bool = False
    by_chance: int = 0
    problem: str = ""
    seconds: float = 0.0


def measure(folder: Path, venv: Path, seconds: float) -> Result:
    """The figures of one repository."""
    result, began = Result(folder.name), time.monotonic()
    try:
        _measure(folder.resolve(), venv, seconds, result)
    except ShopfastObsError as problem:
        result.problem = problem.message
    except Exception:  # one repository must not hide the others
        result.problem = traceback.format_exc(limit=-3)
    result.seconds = round(time.monotonic() - began, 1)
    return result


def _measure(folder: Path, venv: Path, seconds: float, result: Result) -> None:
    found = find(folder)
    result.command = "; ".join(map(str, found.commands))
    if not found.commands:
        result.problem = "no tests"
        return
    with tempfile.TemporaryDirectory() as temporary:
        interpreter = Python(venv / "bin" / "python", venv.name)
        workspace = Workspace(folder, folder, Path(temporary) / "copy" / folder.name)
        tests = Tests(workspace, found.commands, interpreter, Path(temporary), seconds)
        first = tests.run(())
        again = tests.run(())
        result.tests = len(first.results)
        before = {name: value for name, value in first.counted().items() if again.results.get(name) == value}
        result.passed, result.by_chance = len(before), len(first.counted()) - len(before)
        if first.ended or not before:
            result.problem = first.ended or f"no test passes: {first.output[-300:]}"
            return
        for profile in PROFILES:
            planned = for_paths([folder], folder, selected(profile=profile))
            result.files[profile] = len(planned.plan.changes)
            after = tests.run(planned.plan.changes)
            differing = [name for name in before if after.results.get(name) != before[name]]
            if differing:
                after = tests.run(planned.plan.changes, differing)
                result.outputs[profile] = after.output[-6000:]
            result.differing[profile] = [name for name in differing if after.results.get(name) != before[name]]

        if not result.differing["all"]:  # a proof would run the same again
            result.proof, result.proven = f"{result.passed} tests, same result.", True
            return

        def planner(excluded: Excluded) -> Instrumentation:
            return for_paths([folder], folder, sparing(selected(profile="all"), excluded))

        proof: Proof = prove(planner, tests, lambda _: None)
        visible = {codemod.id: ", ".join(getattr(codemod, "visible", ())) for codemod in all_codemods()}
        result.proof, result.proven = " ".join(sentences(proof, visible)), proof.outcome != "unproven"


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; 1 when a test differs with the default profile or nothing is proven."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--venvs", type=Path, default=Path("venvs"))
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if not options.folders:
        sys.stdout.write("No folders of repositories were named; see docs/corpus.md for the last figures.\n")
        return 0
    results = []
    sys.stdout.write("| repository | pass before | default: differ | all: differ | with --prove | seconds |\n")
    for folder in options.folders:
        result = measure(folder, (options.venvs / folder.name).absolute(), options.seconds)
        results.append(result)
        _print(result)
        if options.json:
            options.json.write_text(json.dumps([asdict(each) for each in results], indent=1))
    good = all(r.proven and not r.differing[DEFAULT] for r in results if r.passed)
    passed = sum(r.passed for r in results)
    sys.stdout.write(f"{passed} tests in {sum(bool(r.passed) for r in results)} repositories pass before\n")
    return int(not good)


def _print(r: Result) -> None:
    differ = [f"{len(r.differing[p])} ({r.files[p]} files)" if p in r.differing else "-" for p in PROFILES]
    told = r.problem.replace("\n", " ")[:300] or r.proof
    sys.stdout.write(f"| {r.name} | {r.passed} of {r.tests} | {differ[0]} | {differ[1]} | {told} | {r.seconds} |\n")
    for profile in PROFILES:
        for name in r.differing.get(profile, [])[:10]:
            sys.stdout.write(f"    {profile}: {name}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    raise SystemExit(main(sys.argv[1:]))
