"""`instrument` held against the application's own tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs import extras
from shopfast_obs.cli.app import App
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.cli.application_tests.python import Python
    from shopfast_obs.instrument.application_tests.interface import Found, Proof, Suite
    from shopfast_obs.instrument.application_tests.search import Planner
    from shopfast_obs.instrument.interface import Codemod
    from shopfast_obs.instrument.plan import Instrumentation
    from shopfast_obs.settings import Settings

QUICK = 60.0  # seconds for tests that nobody asked for
LIMIT = 600.0  # seconds for tests that were asked for
MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "pytest.ini", "template.yaml", "serverless.yml")
HIGHEST = 6  # folders above the sources in which tests are looked for


@record
class Proven:
    """What may be applied, and what was found out; `proof` is None where nothing was run."""

    planned: Instrumentation
    proof: Proof | None = None
    refused: bool = False


def prove(app: App, plan: Planner, codemods: tuple[Codemod, ...], *, asked: bool) -> Proven:
    """The plan as far as the application's tests bear it. Unless they were asked for, tests that take long do not stand
    in the way of the change, but tests that are seen to fail do."""
    from shopfast_obs.cli.application_tests import python
    from shopfast_obs.instrument.application_tests import discovery
    from shopfast_obs.instrument.application_tests.search import prove as searched

    planned = plan({})
    if planned.plan.empty or not any(change.path.endswith(".py") for change in planned.plan.changes):
        return Proven(planned)
    settings = app.settings
    if settings.tests == discovery.NONE and not asked:
        return Proven(planned)
    interpreter, root, found = _tests(planned.root, settings)
    if not found.commands and not asked:
        app.terminal.say("No tests of the application were found, so none were run.")
        return Proven(planned)
    if missing := python.not_lent(interpreter):
        if asked:
            raise extras.error("prove", missing)
        app.terminal.say("No tests were run: the extra 'prove' is not installed (pip install 'shopfast-obs[prove]').")
        return Proven(planned)
    with tempfile.TemporaryDirectory(prefix="shopfast-obs-") as folder, app.terminal.live() as line:
        suite = _suite(app, root, interpreter, planned, found, Path(folder), asked=asked)
        proof = searched(plan, suite, line.update)
    _say(app, proof, codemods)
    failing = proof.outcome == "unproven" and (asked or proof.differing > 0)
    return Proven(planned if proof.outcome == "unproven" else proof.planned, proof, failing)


def _suite(  # noqa: PLR0917 - what a suite is made of
    app: App, root: Path, interpreter: Python, planned: Instrumentation, found: Found, folder: Path, *, asked: bool
) -> Suite:
    from shopfast_obs.cli.application_tests.handlers import Handlers
    from shopfast_obs.cli.application_tests.suite import Tests
    from shopfast_obs.cli.application_tests.workspace import Workspace

    workspace = Workspace(root, planned.root, folder / "copy" / root.name)
    seconds = _seconds(app.settings, asked=asked)
    if not found.commands:
        app.terminal.say(f"No tests were found in {root}: its handlers get events instead ({interpreter.source}).")
        return Handlers(workspace, planned, interpreter, folder, seconds)
    for command in found.commands:
        app.terminal.say(f"Tests: {command}, with {interpreter.source}, {seconds:.0f} s at most.")
    for command in found.others:
        app.terminal.say(f'Not run: {command}; choose it with tests = "..." in [tool.shopfast-obs].')
    return Tests(workspace, found.commands, interpreter, folder, seconds)


def _seconds(settings: Settings, *, asked: bool) -> float:
    from shopfast_obs.parse.duration import seconds

    if settings.tests_limit:
        return float(seconds(settings.tests_limit))
    return LIMIT if asked else QUICK


def _tests(base: Path, settings: Settings) -> tuple[Python, Path, Found]:
    """The Python, the folder to copy, and how its tests are run: the project's, else the nearest one with tests up to
    the top of theirs."""
    base = base.resolve()
    if settings.tests or (settings.file and base.is_relative_to(settings.root.resolve())):
        return _run_in(settings.root.resolve(), settings.tests)
    for folder in (base, *(each for each in base.parents if each.is_relative_to(_top(base)))):
        found = _run_in(folder, "")
        if found[2].commands:
            return found
    return _run_in(base, "")


def _top(base: Path) -> Path:
    """The folder above the sources that is under version control, else one that says that it is a project; without
    either nothing above them is theirs."""
    near = (base, *base.parents)[:HIGHEST]
    marked = [folder for folder in near if any((folder / name).exists() for name in MARKS)]
    return next((folder for folder in near if (folder / ".git").exists()), marked[-1] if marked else base)


def _run_in(root: Path, setting: str) -> tuple[Python, Path, Found]:
    from shopfast_obs.cli.application_tests import python
    from shopfast_obs.instrument.application_tests.discovery import find

    interpreter = python.find(root, os.environ)
    return interpreter, root, find(root, setting, pytest=python.has(interpreter, "pytest"))


def _say(app: App, proof: Proof, codemods: tuple[Codemod, ...]) -> None:
    from shopfast_obs.instrument.application_tests.sentences import sentences

    visible = {codemod.id: ", ".join(getattr(codemod, "visible", ())) for codemod in codemods}
    for sentence in sentences(proof, visible):
        app.terminal.say(sentence)


def document(proven: Proven) -> dict[str, Any] | None:
    """The proof as JSON values; None where nothing was run."""
    from shopfast_obs.instrument.application_tests.sentences import document as written

    return None if proven.proof is None else written(proven.proof)
