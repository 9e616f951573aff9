"""Whether a seat is ready, and whether anything of it is left."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shopfast_obs.errors import MissingExtraError, ShopfastObsError
from shopfast_obs.model.records import record
from shopfast_obs.workshop.roll_call import SEAT_MB
from shopfast_obs.workshop.smoke import HARMLESS

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App

DISK_MB = 500  # of a state folder with a cloud, its functions and its telemetry


@record
class Examined:
    """One thing that a seat needs: whether it is there, how it is, and what to do where it is not."""

    what: str
    ok: bool
    said: str
    remedy: str = ""


def examined(app: App) -> list[Examined]:
    """Everything that a seat needs, the machine first."""
    return [*_machine(app), *_project(app), *_cloud(app)]


def _machine(app: App) -> Iterator[Examined]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Examined("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")
    linux = sys.platform.startswith("linux")
    yield Examined("Linux", linux or app.target_name != "local", sys.platform, "Use the dev container or WSL.")
    free = shutil.disk_usage(app.settings.root).free // 2**20
    yield Examined("disk", free >= DISK_MB, f"{free:,} MB free", f"Make {DISK_MB} MB free.")
    try:
        import psutil

        memory = psutil.virtual_memory().available // 2**20
        yield Examined("memory", memory >= SEAT_MB, f"{memory:,} MB available", f"A seat takes {SEAT_MB} MB.")
    except ImportError:
        yield Examined("memory", False, "not measured", "Install: pip install 'shopfast-obs[workshop]'")


def _project(app: App) -> Iterator[Examined]:
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.extras import require

    try:
        require("workshop")
        yield Examined("tools of the workshop", True, "installed")
    except MissingExtraError as missing:
        yield Examined("tools of the workshop", False, missing.message, str(missing.hint))
    try:
        count, where = len(Classroom(app).exercises), app.settings.path(app.settings.runbooks)
        yield Examined("exercises", bool(count), f"{count} in {where}", "Run it in the project.")
    except ShopfastObsError as problem:
        yield Examined("exercises", False, problem.message, str(problem.hint))


def _cloud(app: App) -> Iterator[Examined]:
    from shopfast_obs.cli.output import problems

    try:
        target = app.target()
        functions = [item["FunctionName"] for item in app.client("lambda").list_functions()["Functions"]]
    except Exception as problem:
        said_of = problems.for_people(problem)
        if said_of is None:
            raise
        yield Examined("cloud", False, said_of.message, str(said_of.hint))
        return
    yield Examined("cloud", True, target.endpoint_url or target.region)
    wanted = [name for name in HARMLESS if name in functions]
    said = f"{len(wanted)} of {len(HARMLESS)}"
    yield Examined("deployed", len(wanted) == len(HARMLESS), said, "Run: shopfast-obs deploy")
    for name in wanted:
        answer = app.patient_client("lambda").invoke(FunctionName=name, Payload=json.dumps(HARMLESS[name]).encode())
        failed = answer.get("FunctionError", "")
        remedy = f"Read why: shopfast-obs logs --group {name} --since 5m"
        yield Examined(name, not failed, failed or "answers", remedy)


def left_running(app: App) -> list[str]:
    """The processes that work for this seat's cloud."""
    import psutil

    state = str((app.settings.state_dir / "cloud").resolve())
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        if process.info["pid"] != os.getpid() and any(word.startswith(state) for word in words):
            found.append(f"{process.info['pid']}: {' '.join(words)[:120]}")
    return found
