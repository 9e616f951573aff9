"""`report errors` of many lines in forty groups of the local cloud: by queries of Logs Insights, and by reading all.

`python -m bench account_logs [LINES]`: a million unless told otherwise. The lines are put into the cloud's own store;
the command reads them through its port. `--command WAY` is one run of the command, in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from bench._clouds import free_port
from bench._many_lines import GROUPS, load
from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.cli.inputs import account_logs
from shopfast_obs.cloud.interface import Cloud
from shopfast_obs.localcloud import process

LINES = 1_000_000
SECONDS = 3000.0
ASKED = ("report", "errors", "--since", "1h", "--format", "json")


class OneCloud(App):
    """The command line's App, whose calls are counted."""

    one: Cloud | None = None

    def cloud(self) -> Cloud:
        """The same each time."""
        self.one = self.one or super().cloud()
        return self.one


@dataclass(frozen=True)
class Run:
    """One run of the command: what it printed, and what it took."""

    document: Mapping[str, Any]
    seconds: float
    megabytes: float
    calls: Mapping[str, int]
    said: str

    @property
    def groups(self) -> dict[str, tuple[int, int, str]]:
        """Count, requests and cause of each group."""
        return {g["fingerprint"]: (g["count"], g["requests"], g["message"]) for g in self.document["groups"]}


def main() -> None:
    arguments = [one for one in sys.argv[1:] if one.isdecimal() or one.startswith("-")]
    if "--command" in sys.argv:
        one_command(sys.argv[sys.argv.index("--command") + 1])
        return
    count = int(arguments[0]) if arguments else LINES
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state" / "cloud"
        process.start(state, free_port())
        process.stop(state)
        began = time.monotonic()
        load(state / "telemetry.db", count, time.time() - SECONDS - 60, SECONDS)
        print(f"{count:,} lines in {GROUPS} groups, loaded in {time.monotonic() - began:.0f} s")
        process.start(state, free_port())
        try:
            compare(Path(folder))
        finally:
            process.stop(state)


def compare(folder: Path) -> None:
    """The figures of both ways, and whether they tell the same."""
    queries, full = command(folder, "queries"), command(folder, "reading")
    for name, run in (("by queries", queries), ("all read", full)):
        told = f"{len(run.groups)} groups, {sum(one[0] for one in run.groups.values())} failures"
        print(f"{name:12} {sum(run.calls.values()):5} calls  {run.seconds:6.1f} s  {run.megabytes:5.0f} MB  {told}")
    print("calls by queries:", ", ".join(f"{name} {count}" for name, count in sorted(queries.calls.items())))
    print(f"the same groups, counts and requests: {queries.groups == full.groups}")
    print(f"the same in all that is told of the groups: {queries.document['groups'] == full.document['groups']}")
    print(queries.said.strip())
    for line in queries.document["sources"]:
        print(line)


def command(folder: Path, way: str) -> Run:
    """One run in a process of its own."""
    environment = os.environ | {
        "SHOPFAST_OBS_STATE": str(folder / "state"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    line = [sys.executable, "-m", "bench", "account_logs", "--command", way]
    done = subprocess.run(line, env=environment, cwd=folder, check=True, capture_output=True, text=True)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def one_command(way: str) -> None:
    """Run it here, and print what it took."""
    if way == "reading":
        account_logs.FEW_BYTES = sys.maxsize
    app, began = OneCloud(), time.monotonic()
    done = CliRunner().invoke(cli.main, ASKED, obj=app, catch_exceptions=False)
    took = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    calls = dict(app.one.api_calls) if app.one else {}
    run = {"document": json.loads(done.stdout), "seconds": took, "megabytes": peak, "calls": calls, "said": done.stderr}
    print(json.dumps(run))


if __name__ == "__main__":
    main()
