"""Other people's handlers before and after `instrument --migrate xray-to-otel`: the trees of their traces, and undo.

Usage: python -m bench migrate FOLDER... [--json FILE]. Each folder is an application. A copy of it is moved
by the command, and its handlers are called with six events each, before and after, with the real SDKs of both roads
sending to the local cloud's daemon and AWS answered from its service models. What moved is compared as X-Ray's own
assembly gives it: names, nesting, order and errors. Then `undo` must bring every byte back."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from shopfast_obs.cli.application_tests import process, python
from shopfast_obs.cli.application_tests.suite import outcomes
from shopfast_obs.instrument.application import handler_discovery, sources
from shopfast_obs.instrument.application_tests import events
from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.xray.assembly import assemble, walk
from shopfast_obs.localcloud.xray.daemon import Daemon
from shopfast_obs.localcloud.xray.intake import Intake
from shopfast_obs.localcloud.xray.segment_validation import StoredSegment

GUEST = Path(__file__).parent / "_migrate_guest.py"
FUNCTION = {"id": "00f067aa0ba902b7", "name": "test", "origin": "AWS::Lambda::Function", "start_time": 1.0}
COMMAND = str(Path(sys.executable).with_name("shopfast-obs"))
SERVER_ERROR, NO_ANSWER = "an answer of 5xx is a fault", "a call that got no answer is a fault"
Tree = list[Any]
Trees = dict[str, Tree]  # by handler and event


@dataclass
class Result:
    """One application. `moved` and `left` are files, by name; the rest counts events of the handlers that moved."""

    name: str
    moved: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    handlers: int = 0
    events: int = 0
    parts: int = 0
    answers_differ: list[str] = field(default_factory=list)
    by_chance: int = 0
    told_more: dict[str, list[str]] = field(default_factory=dict)  # what the tree has besides after the migration
    differ: dict[str, tuple[Tree, Tree]] = field(default_factory=dict)
    not_undone: list[str] = field(default_factory=list)
    problem: str = ""


class Kept(Intake):
    """Keeps what the daemon takes."""

    def __init__(self) -> None:
        self.segments: list[StoredSegment] = []

    def take(self, scope: Scope | None, segments: Sequence[StoredSegment]) -> None:
        """Keep them."""
        self.segments += segments


@contextmanager
def listening() -> Iterator[tuple[int, Kept]]:
    """The daemon's port, and what it has got when this ends."""
    receiver, kept = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), Kept()
    receiver.bind(("127.0.0.1", 0))
    daemon = Daemon(kept, receiver)
    daemon.start()
    try:
        yield receiver.getsockname()[1], kept
    finally:
        daemon.stop()


def measure(folder: Path) -> Result:
    """The figures of one application."""
    result = Result(folder.name)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        app = work / "copy" / folder.name
        shutil.copytree(folder, app, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
        before = _contents(app)
        python.lend(python.Python(Path(sys.executable), ""), work / "layer")
        shutil.copyfile(GUEST, work / "layer" / GUEST.name)
        files = command(app, "instrument", ".", "--migrate", "xray-to-otel", "--apply", "--no-prove")
        after = _contents(app)
        _told(result, app, files)
        if after != before:
            command(app, "undo", "--yes")
        undone = _contents(app)
        result.not_undone = sorted(n for n in before.keys() | undone.keys() if before.get(n) != undone.get(n))
        changed = {name: data for name, data in after.items() if data != before.get(name)}
        tasks = list(_tasks(app, {name: before[name] for name in changed if name in before}))
        if tasks:
            first, again = run(work, app, tasks), run(work, app, tasks)
            for name, data in changed.items():
                (app / name).write_bytes(data)
            _compare(result, first, again, run(work, app, tasks))
    return result


def command(app: Path, *arguments: str) -> list[dict[str, Any]]:
    """What the product's own command tells of the files; raises CalledProcessError where it fails."""
    done = subprocess.run([COMMAND, *arguments, "--format", "json"], cwd=app, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise subprocess.CalledProcessError(done.returncode, arguments, done.stdout, done.stderr)
    return list(orjson.loads(done.stdout).get("files", ()))


def _told(result: Result, app: Path, files: Sequence[Mapping[str, Any]]) -> None:
    for file in files:
        name = str(file["path"])
        if file["status"] == "changed":
            result.moved.append(name)
        elif file["status"] in ("skipped", "failed"):
            result.left[name] = str(file["reason"]).replace(str(app), "")


def _contents(app: Path) -> dict[str, bytes]:
    found = (path for path in app.rglob("*") if path.is_file() and not path.is_symlink())
    named = ((path.relative_to(app).as_posix(), path) for path in found)
    return {name: path.read_bytes() for name, path in named if not name.startswith(".shopfast")}


def _tasks(app: Path, changed: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    """The handlers of the files that changed, with their events."""
    about = events.known(app)
    numbers = iter(range(1, 1 << 20))
    for name, data in changed.items():
        if name.endswith(".py"):
            text = data.decode("utf-8", "replace")
            for handler in handler_discovery.find(sources.parse(data)):
                chosen = events.chosen(app / name, handler, text, about)
                yield {"file": name, "handler": handler, "events": chosen, "number": next(numbers)}


def run(work: Path, app: Path, tasks: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], Trees]:
    """What the handlers answered, and the trees of their traces."""
    results, listed = work / "results", work / "tasks"
    results.write_text("")
    listed.write_text(json.dumps(tasks))
    (work / "home").mkdir(exist_ok=True)
    with listening() as (port, kept):
        environment = {
            **python.environment(os.environ, work / "home", [work / "layer"]),
            "SHOPFAST_OBS_PROOF_ORIGINAL": str(app),
            "SHOPFAST_OBS_PROOF_COPY": str(app),
            "SHOPFAST_OBS_PROOF_RESULTS": str(results),
            "SHOPFAST_OBS_DEADLINE": "off",
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{port}",
            "AWS_LAMBDA_FUNCTION_NAME": "test",
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9",
            "AWS_REGION": "us-east-1",
            "LAMBDA_TASK_ROOT": str(app),
            "POWERTOOLS_TRACE_DISABLED": "false",
            "POWERTOOLS_SERVICE_NAME": "test",
        }
        arguments = (sys.executable, str(work / "layer" / GUEST.name), str(listed))
        done = process.run(arguments, app, environment, 600.0)
    if done.code:
        sys.stdout.write(f"    {done.output[-400:]}\n")
    return outcomes(results), trees(tasks, kept.segments)


def trees(tasks: Sequence[Mapping[str, Any]], segments: Sequence[StoredSegment]) -> Trees:
    """The tree below the function of every invocation that has one."""
    documents: dict[str, list[bytes]] = {}
    for segment in segments:
        documents.setdefault(segment.trace_id[11:], []).append(segment.document)
    found = {}
    for task in tasks:
        for number, event in enumerate(task["events"], 1):
            sent = documents.get(f"{task['number']:012x}{number:012x}", [])
            made = assemble([orjson.dumps({**FUNCTION, "end_time": 9e9}), *sent])
            name = f"{task['file']}:{task['handler']} [{event}]"
            raised = _raised(made)
            found[name] = [_part(one, raised) for one in _in_order(made) if not one.get("inferred")]
    return found


def _in_order(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(parts, key=lambda part: float(part.get("start_time", 0)))


def _raised(made: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The types of exceptions by the part and by the exception that have them: a part above may name either."""
    found: dict[str, list[str]] = {}
    for part in (part for one in made for part in walk(dict(one))):
        if isinstance(cause := part.get("cause"), dict):
            types = [str(each.get("type")).rpartition(".")[2] for each in cause.get("exceptions", ())]  # no modules
            found |= {str(each.get("id")): types for each in (part, *cause.get("exceptions", ()))}
    return found


def _part(document: Mapping[str, Any], raised: Mapping[str, list[str]]) -> Tree:
    """A part's name, its marks, what was raised in it, and the parts below it in the order of their start."""
    marks = [mark for mark in ("error", "fault", "throttle") if document.get(mark)]
    cause = document.get("cause")
    own = raised.get(str(cause if isinstance(cause, str) else document.get("id")), [])
    space = str(document.get("namespace", "")).replace("local", "")  # the X-Ray SDK's word for none
    below = [_part(each, raised) for each in _in_order(document.get("subsegments") or ())]
    return [document.get("name"), space, marks, own, below]


def _compare(
    result: Result,
    first: tuple[dict[str, str], Trees],
    again: tuple[dict[str, str], Trees],
    after: tuple[dict[str, str], Trees],
) -> None:
    """Compare what is the same twice before the change."""
    steady = {n for n, did in first[0].items() if again[0].get(n) == did and first[1].get(n) == again[1].get(n)}
    ran = {name for name in steady if not first[0][name].startswith('["import", ')}
    result.by_chance = len(first[0]) - len(steady)
    result.events, result.handlers = len(ran), len({name.partition(" [")[0] for name in ran})
    result.parts = sum(_count(first[1][name]) for name in ran)
    result.answers_differ = sorted(name for name in ran if first[0][name] != after[0].get(name))
    for name in sorted(ran):
        old, new = first[1][name], after[1][name]
        more = told_more(old, new)
        if more is None:
            result.differ[name] = (old, new)
        elif more:
            result.told_more[name] = sorted(more)


def _count(tree: Tree) -> int:
    return sum(1 + _count(part[4]) for part in tree)


def told_more(old: Tree, new: Tree) -> set[str] | None:
    """Which of the two things OpenTelemetry's road tells and the X-Ray SDK does not make the difference between two
    lists of parts; None where something else does."""
    if len(old) != len(new):
        return None
    found: set[str] = set()
    for (name, space, marks, raised, below), its in zip(old, new, strict=True):
        inner = told_more(below, its[4])
        if [name, space] != its[:2] or inner is None:
            return None
        found |= inner
        if [marks, raised] != its[2:4]:
            why = NO_ANSWER if space and its[3] else SERVER_ERROR if str(name).startswith("## ") and not its[3] else ""
            if marks or raised or its[2] != ["fault"] or not why:
                return None
            found.add(why)
    return found


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; 1 when a tree differs or a byte is not back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments or sys.argv[1:])
    results = []
    for folder in options.folders:
        try:
            results.append(measure(folder.resolve()))
        except subprocess.CalledProcessError as problem:
            results.append(Result(folder.name, problem=(problem.stderr or b"").decode().strip()))
        _print(results[-1])
        if options.json:
            options.json.write_text(json.dumps([asdict(each) for each in results], indent=1))
    sys.stdout.write(_total(results))
    return int(any(result.differ or result.not_undone for result in results))


def _total(results: Sequence[Result]) -> str:
    moved, left = (sum(len(getattr(r, name)) for r in results) for name in ("moved", "left"))
    events, differ = sum(r.events for r in results), sum(len(r.differ) for r in results)
    more = Counter(reason for r in results for reasons in r.told_more.values() for reason in reasons)
    return (
        f"{len(results)} applications: {moved} files moved, {left} left; {sum(r.handlers for r in results)} handlers, "
        f"{events} events, {sum(r.parts for r in results)} parts, {differ} trees differ; "
        f"{', '.join(f'{reason}: {count}' for reason, count in more.items())}; "
        f"{sum(len(r.answers_differ) for r in results)} answers differ; "
        f"{sum(len(r.not_undone) for r in results)} files not undone\n"
    )


def _print(r: Result) -> None:
    row = (len(r.moved), len(r.left), r.handlers, r.events, r.parts, len(r.differ), len(r.told_more))
    sys.stdout.write(f"| {r.name} | {' | '.join(map(str, row))} |\n")
    if r.problem:
        sys.stdout.write(f"    {r.problem[:300]}\n")
    for reason, count in Counter(r.left.values()).most_common():
        sys.stdout.write(f"    left: {count} x {reason[:200]}\n")
    for name in r.not_undone + r.answers_differ:
        sys.stdout.write(f"    not the same: {name}\n")
    for name, (before, after) in list(r.differ.items())[:8]:
        sys.stdout.write(
            f"    {name}\n      before {json.dumps(before)[:600]}\n      after  {json.dumps(after)[:600]}\n"
        )
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
