"""Other people's handlers before and after `instrument`: six events each, AWS answered from its service models, with
the default profile and with everything.

Usage: python -m bench.foreign_handlers FOLDER... [--venvs FOLDER] [--seconds N] [--json FILE]. Each folder is one
repository; VENVS/<its name> is the environment that its handlers run in, where there is one. Nothing of it is changed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.foreign_tests import commit_of
from shopfast_obs.cli.application_tests.handlers import Handlers
from shopfast_obs.cli.application_tests.python import Python
from shopfast_obs.cli.application_tests.workspace import Workspace
from shopfast_obs.errors import ShopfastObsError
from shopfast_obs.instrument.application_tests.interface import Report
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import DEFAULT, selected

PROFILES = (DEFAULT, "all")
NOT_RUN = '["import", '  # how a result starts whose module could not be imported


@dataclass
class Result:
    """One repository. Events count where a handler does the same twice before any change."""

    name: str
    commit: str = ""
    handlers: int = 0
    events: int = 0
    answered: int = 0
    answering: int = 0  # handlers that answer at least one of their events
    calling: int = 0
    not_imported: int = 0
    by_chance: int = 0
    unfinished: list[str] = field(default_factory=list)
    differing: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)  # by profile
    problem: str = ""
    seconds: float = 0.0


def measure(folder: Path, venvs: Path, seconds: float) -> Result:
    """The figures of one repository."""
    result, began = Result(folder.name, commit_of(folder)), time.monotonic()
    try:
        _measure(folder.resolve(), venvs, seconds, result)
    except ShopfastObsError as problem:
        result.problem = problem.message
    except Exception:  # one repository must not hide the others
        result.problem = traceback.format_exc(limit=-3)
    result.seconds = round(time.monotonic() - began, 1)
    return result


def _measure(folder: Path, venvs: Path, seconds: float, result: Result) -> None:
    own = venvs / folder.name / "bin" / "python"
    interpreter = Python(own if own.exists() else Path(sys.executable), folder.name)
    planned = {profile: for_paths([folder], folder, selected(profile=profile)) for profile in PROFILES}
    with tempfile.TemporaryDirectory() as temporary:
        workspace = Workspace(folder, folder, Path(temporary) / "copy" / folder.name)
        handlers = Handlers(workspace, planned[DEFAULT], interpreter, Path(temporary), seconds)
        before = handlers.run(())
        after = {profile: handlers.run(each.plan.changes) for profile, each in planned.items()}
        differ = {
            name for name, did in before.results.items() for run in after.values() if run.results.get(name) != did
        }
        again = handlers.run((), differ) if differ else Report({})
    result.problem = next((run.ended for run in (before, *after.values(), again) if run.ended), "")
    if not result.problem:
        settled = _settled(before.results, {**before.results, **again.results}, result)
        for profile, run in after.items():
            _compare(settled, run.results, profile, result)


def _settled(first: Mapping[str, str], again: Mapping[str, str], result: Result) -> dict[str, str]:
    """What each handler does with each event; what differs after a change must be the same twice before it."""
    ran = {name: did for name, did in first.items() if not did.startswith(NOT_RUN)}
    result.not_imported = len({_handler(name) for name in first} - {_handler(name) for name in ran})
    settled = {name: did for name, did in ran.items() if again.get(name) == did}
    result.by_chance, result.events = len(ran) - len(settled), len(settled)
    result.handlers = len({_handler(name) for name in settled})
    result.answered = sum(did.startswith('["answer", ') for did in settled.values())
    result.answering = len({_handler(name) for name, did in settled.items() if did.startswith('["answer", ')})
    result.calling = sum(not did.endswith("[]]") for did in settled.values())
    return settled


def _compare(settled: Mapping[str, str], after: Mapping[str, str], profile: str, result: Result) -> None:
    result.unfinished += [f"{profile}: {name}" for name in settled if name not in after]
    result.differing[profile] = {
        name: (did, after[name]) for name, did in settled.items() if after.get(name, did) != did
    }


def _handler(name: str) -> str:
    return name.partition(" [")[0]


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; 1 when a handler does something else than before."""
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
    sys.stdout.write(
        "| repository | commit | handlers | that answer | events | answered | with AWS calls | differ, by profile "
        "| not imported |\n"
    )
    for folder in options.folders:
        results.append(measure(folder, options.venvs.absolute(), options.seconds))
        _print(results[-1])
        if options.json:
            options.json.write_text(json.dumps([asdict(each) for each in results], indent=1))
    differ = sum(sum(map(len, r.differing.values())) + len(r.unfinished) for r in results)
    handlers, events = sum(r.handlers for r in results), sum(r.events for r in results)
    sys.stdout.write(f"{handlers} handlers, {events} events, {differ} differ\n")
    return int(differ > 0)


def _print(r: Result) -> None:
    differing = ", ".join(f"{profile}: {len(found)}" for profile, found in r.differing.items())
    row = (r.handlers, r.answering, r.events, r.answered, r.calling, differing, r.not_imported)
    sys.stdout.write(f"| {r.name} | {r.commit} | {' | '.join(map(str, row))} |\n")
    if r.by_chance:
        sys.stdout.write(f"    {r.by_chance} events differ from run to run before any change\n")
    if r.problem:
        sys.stdout.write(f"    {' '.join(r.problem.split())[:300]}\n")
    for name in r.unfinished[:5]:
        sys.stdout.write(f"    not finished: {name}\n")
    for profile, found in r.differing.items():
        for name, (before, after) in list(found.items())[:5]:
            sys.stdout.write(f"    {profile}: {name}\n      before {before[:200]}\n      after  {after[:200]}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
