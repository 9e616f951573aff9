"""How long a person waits after a change: `deploy`, and what is looked at next, beside another build of this toolkit.

`--beside FOLDER` is a checkout of the other build (`git worktree add FOLDER REVISION`). Both run in this Python, each
with a copy of its own ShopFast and its own local cloud; they take turns, so that what else the machine does meets both.
Seconds are from the start of a command to its end; the processor's are of the command and what it waits for.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("cdk", "starter", "runbooks", "pyproject.toml")
FUNCTION = "shopfast-product-service"


@dataclass
class Build:
    """One build with its project; `taken` are seconds and processor seconds by what was done."""

    name: str
    checkout: Path
    folder: Path
    taken: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def set_up(self) -> None:
        """A copy of the ShopFast of this checkout, deployed."""
        for part in PARTS:
            source = self.checkout / part
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "node_modules", "overlay.json")
                shutil.copytree(source, self.folder / part, ignore=ignored)
            else:
                shutil.copy(source, self.folder / part)
        self.run("deploy")
        self.run("traffic", "--scenario", "browse", "--duration", "5")
        self.run("workshop", "start", "01-see-it-fail")
        self.decide(1024)
        self.run("deploy")

    def run(self, *arguments: str, of: str = "") -> str:
        """Run the command; its time is kept under `of`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SHOPFAST_"))}
        environment = {**kept, "PYTHONPATH": str(self.checkout), "SHOPFAST_OBS_STATE": str(self.folder / ".state")}
        before, begun = _children(), time.perf_counter()
        command = [sys.executable, str(self.checkout / "cli.py"), *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment, check=False, capture_output=True, text=True)
        seconds, spent = time.perf_counter() - begun, _children() - before
        assert done.returncode in (0, 1, 4), f"{self.name}: {' '.join(arguments)}\n{done.stderr}"
        if of:
            self.taken.setdefault(of, []).append((seconds, spent))
        return done.stdout

    def decide(self, memory: int) -> None:
        """The overlay gives the product function that memory."""
        change = {"type": "AWS::Lambda::Function", "name": FUNCTION, "properties": {"MemorySize": memory}, "layers": []}
        said = {"version": 1, "resources": [change], "alarms": [], "alarm_topic": ""}
        (self.folder / "cdk" / "overlay.json").write_text(json.dumps(said), encoding="utf-8")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _handler(build: Build, number: int) -> None:
    with (build.folder / "starter/services/product-service/handler.py").open("a", encoding="utf-8") as file:
        file.write(f"CHANGE = {number}\n")
    build.run("deploy", of="deploy, a handler changed")


def _overlay(build: Build, number: int) -> None:
    build.decide(512 + number)
    build.run("deploy", of="deploy, a value of the overlay changed")


def _app(build: Build, number: int) -> None:
    with (build.folder / "cdk" / "names.py").open("a", encoding="utf-8") as file:
        file.write(f"# {number}\n")
    build.run("deploy", of="deploy, the CDK app changed")


STEPS: Sequence[Callable[[Build, int], object]] = (
    _handler,
    _overlay,
    _app,
    lambda build, _: build.run("deploy", of="deploy, nothing changed"),
    lambda build, _: build.run("diagnose", of="diagnose"),
    lambda build, _: build.run("report", "traces", of="report traces"),
    lambda build, _: build.run("workshop", "check", "01-see-it-fail", of="workshop check"),
    lambda build, _: build.run("--help", of="--help"),
)


def measured(builds: Sequence[Build], rounds: int) -> None:
    """Everything once to warm up, then in rounds."""
    for build in builds:
        build.set_up()
    for number in range(rounds + 1):
        for step in STEPS:
            for build in builds if number % 2 else reversed(builds):
                step(build, number)
        if not number:
            for build in builds:
                build.taken.clear()
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)


def told(mine: Build, other: Build | None) -> None:
    """One line for what was done."""
    for what, taken in mine.taken.items():
        wall = statistics.median(seconds for seconds, _ in taken)
        spent = statistics.median(processor for _, processor in taken)
        line = f"{what}: median {wall:.2f} s, {spent:.2f} s of the processor"
        if other:
            pairs = list(zip(taken, other.taken[what], strict=True))
            ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
            line += f"; {ratio:.2f} times as long as {other.name} ({statistics.median(t[0] for _, t in pairs):.2f} s)"
        print(line)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench hands")
    parser.add_argument("--beside", metavar="FOLDER", type=Path, help="a checkout of another build")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkouts = [("this build", ROOT), *([("the other", options.beside)] if options.beside else [])]
        builds = [Build(name, place, Path(folder) / str(n)) for n, (name, place) in enumerate(checkouts)]
        try:
            for build in builds:
                build.folder.mkdir()
            measured(builds, options.rounds)
        finally:
            for build in builds:
                build.run("cloud", "stop")
        told(builds[0], builds[1] if options.beside else None)


if __name__ == "__main__":
    main()
