"""The plan that `init --app` shows and makes, and what the application needs besides."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

from shopfast_obs import confine
from shopfast_obs.cli.application import overlay_wiring
from shopfast_obs.cli.project import application, table
from shopfast_obs.cli.project.application import Application
from shopfast_obs.errors import UserError
from shopfast_obs.model.changes import FileChange, Plan
from shopfast_obs.settings import LARGEST

FILE = "pyproject.toml"


def plan(found: Application) -> Plan:
    """The settings that the application's pyproject.toml lacks; raises UserError for a file that cannot be read."""
    path = found.root / FILE
    try:
        before = confine.content(path, LARGEST) if path.exists() else None
        text = "" if before is None else before.decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{path} cannot be read: {problem}.", "Mend the file.") from None
    after = table.with_settings(text, values(found)).encode()
    changes = (FileChange(FILE, before, after),) if after != (before or b"") else ()
    return Plan("init --app", changes)


def values(found: Application) -> dict[str, str | tuple[str, ...]]:
    """The settings of the application, those left out that are as without them."""
    said: dict[str, str | tuple[str, ...]] = {}
    if found.kind == application.CDK and found.definitions:
        said["app"] = found.definitions[0]
        said["overlay"] = overlay(found)
    if found.services:
        said["services"] = found.services
    return said


def overlay(found: Application) -> str:
    """Where the overlay of a CDK app lies: beside its entry file."""
    return str(PurePosixPath(found.definitions[0]).with_name("overlay.json"))


def described(found: Application) -> Iterator[str]:
    """What was found, one sentence each."""
    from shopfast_obs.cli.application_tests import python
    from shopfast_obs.instrument.application_tests import discovery

    files = ", ".join(found.definitions)
    yield f"{found.root} has a {found.kind}{files and f': {files}'}."
    names = ", ".join(found.services)
    yield f"Sources of its functions: {names}." if names else "It has no folder of its own for sources of functions."
    tests = discovery.find(found.root, pytest=python.has(python.find(found.root, os.environ), "pytest"))
    for command in tests.commands:
        yield f"Tests: {command}."
    if not tests.commands:
        yield "No tests were found."


def following(found: Application) -> Iterator[str]:
    """What to do next: the two lines of a CDK app, the commands of a template."""
    if found.kind == application.CDK:
        yield from _cdk(found)
        return
    if found.kind == application.SERVERLESS:
        yield "For what the framework itself makes of it, first: serverless package"
    yield f"Next: shopfast-obs diagnose {shlex.join(found.definitions)}"
    for file in map(shlex.quote, found.definitions):
        yield f"Next: shopfast-obs instrument --template {file} --diff"
        yield f"Next: shopfast-obs alarms plan --template {file}"


def _cdk(found: Application) -> Iterator[str]:
    if not found.definitions:
        yield "Its app is no Python program, so it cannot apply the overlay: instrument, fix and alarms have --live."
        yield "Next: cdk synth, then: shopfast-obs diagnose --template cdk.out"
        return
    program = found.root / found.definitions[0]
    if application.applies_overlay(program):
        yield f"{found.definitions[0]} applies the overlay. Next: shopfast-obs instrument --diff"
        return
    place, lines = overlay_wiring.missing(program, overlay(found))
    yield f"Put these lines into {found.definitions[0]}, {place}:"
    for line in lines:
        yield f"    {line}"
    yield "They apply what `instrument`, `fix` and `alarms` decide. Next: shopfast-obs instrument --diff"
