"""Brings the assembly of a CDK app to what its sources say, offline. What did not change is not made again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import shopfast_obs
from shopfast_obs import extras
from shopfast_obs.cloud.synthesis import hotswap, reads
from shopfast_obs.cloud.synthesis.documents import NotPossibleError
from shopfast_obs.cloud.synthesis.inputs import NOT_SOURCES, Inputs, Project, inputs, sources, tree
from shopfast_obs.cloud.synthesis.reads import Reads
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.overlay import MARK
from shopfast_obs.state import make_state_folder

__all__ = ["NOT_SOURCES", "OVERLAY", "Project", "entry", "sources", "synthesize"]

RECORD = "inputs.json"  # in the assembly: what it was made of
OVERLAY = "overlay.json"  # in the assembly: the overlay that it was synthesised with
RECORDER = Path(__file__).with_name("recorder.py")
RECORD_ASSETS = RECORDER.with_name("record_assets.cjs")
CONTEXT = "CDK_CONTEXT_JSON"  # where CDK apps read the context that was not given in code
TIMEOUT = 600  # seconds; a synthesis of this size takes ten


def synthesize(project: Project, say: Callable[[str], None]) -> bool:
    """Write the assembly of the app to its `output`; False when nothing had changed. Raises ProjectError.

    `say` is told what the app warns of.
    """
    program = entry(project.root, project.app)
    known = _known(project.output)
    if known is not None:
        noted, before = known
        now = inputs(project, noted, os.environ)
        if now == before:
            return False
        if _swapped(project, noted, before, now):
            return True
    _anew(program, project, say)
    return True


def entry(root: Path, app: str) -> Path:
    """The program that synthesises the project; raises ProjectError where none is named or it is not there."""
    if not app:
        raise ProjectError(
            f"There is no project in {root}: no pyproject.toml names a CDK app.",
            "Name it: [tool.shopfast-obs] app = 'cdk/app.py'.",
        )
    program = root / app
    if not program.is_file():
        raise ProjectError(f"There is no CDK app at {program}.", "Mend [tool.shopfast-obs] app in pyproject.toml.")
    return program


def _known(output: Path) -> tuple[Reads, Inputs] | None:
    """What the assembly was made of; None where there is none, or it is not whole."""
    try:
        said = json.loads((output / RECORD).read_text(encoding="utf-8"))
        return reads.parse(said["reads"]), Inputs(**said["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _swapped(project: Project, noted: Reads, before: Inputs, now: Inputs) -> bool:
    output, decided = project.output, _text(project.overlay)
    try:
        (output / RECORD).unlink()  # what is left half-way is made anew
        noted = hotswap.swap(project, noted, before, now, (_text(output / OVERLAY), decided))
    except NotPossibleError:
        return False
    _keep_overlay(project, decided)
    _record(output, noted, now)
    return True


def _anew(program: Path, project: Project, say: Callable[[str], None]) -> None:
    output, decided = project.output, _text(project.overlay)
    fresh = output.with_name(output.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_state_folder(output.parent)
    notes = output.with_name(output.name + ".notes")
    before = tree(project)
    for line in _run(program, project, fresh, notes).splitlines():
        if line.startswith("Warning: "):
            say(line)
    if not (fresh / "manifest.json").is_file():
        raise ProjectError(f"{program} ran to its end and synthesised nothing.", "Its last line has to be: app.synth()")
    noted = reads.of(notes, project.root, fresh, applies_overlay=_applies(fresh, project.overlay))
    shutil.rmtree(notes, ignore_errors=True)
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)
    _keep_overlay(project, decided)
    if tree(project) == before:  # else something was changed meanwhile, and nobody knows whether the app saw it
        _record(output, noted, inputs(project, noted, os.environ))


def _applies(assembly: Path, overlay: Path | None) -> bool:
    return overlay is not None and _text(assembly / MARK) == str(overlay.resolve())


def _keep_overlay(project: Project, decided: str) -> None:
    if decided:
        (project.output / OVERLAY).write_text(decided, encoding="utf-8")


def _record(output: Path, noted: Reads, now: Inputs) -> None:
    said = {"reads": reads.dump(noted), "inputs": asdict(now)}
    (output / RECORD).write_text(json.dumps(said, default=str), encoding="utf-8")


def _text(path: Path | None) -> str:
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""


def _run(program: Path, project: Project, output: Path, notes: Path) -> str:
    """Run the app, with notes into that folder; what it said on stderr."""
    if not extras.installed("aws_cdk"):
        raise extras.error("deploy", ["aws_cdk"], f"Synthesis of {program}")
    shutil.rmtree(notes, ignore_errors=True)
    notes.mkdir()
    environment = {
        **os.environ,
        **_context(project.root),
        **reads.recording(notes),
        "CDK_OUTDIR": str(output),
        **({"JSII_NODE": str(project.node)} if project.node else {}),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "NODE_OPTIONS": f'{os.environ.get("NODE_OPTIONS", "")} --require "{RECORD_ASSETS.as_posix()}"'.strip(),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_package_parent()), os.environ.get("PYTHONPATH", "")])),
    }
    try:
        done = subprocess.run(  # noqa: S603 - our interpreter, the user's own app
            [sys.executable, str(RECORDER), str(program)],
            cwd=project.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProjectError(
            f"Synthesis of {program} did not end within {TIMEOUT} s.", f"Run it alone: python {program}"
        ) from None
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-6:]
        raise ProjectError("Synthesis failed:\n    " + "\n    ".join(last), f"See all of it: python {program}")
    return done.stderr


def _context(root: Path) -> dict[str, str]:
    """What the CDK CLI hands an app of its context files, under what the environment says already."""
    files = [(root / "cdk.context.json", None), (root / "cdk.json", "context")]
    found: dict[str, Any] = {}
    for file, key in files:
        if file.is_file():
            found |= _object(file, key)
    if not found:
        return {}
    try:
        found |= json.loads(os.environ.get(CONTEXT, "{}"))
    except (ValueError, TypeError):
        raise ProjectError(f"{CONTEXT} is no JSON object.", f"Set it right, or run: unset {CONTEXT}") from None
    return {CONTEXT: json.dumps(found)}


def _object(file: Path, key: str | None) -> Mapping[str, Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        part = said.get(key, {}) if key else said
    except (OSError, ValueError, AttributeError):
        part = None
    if not isinstance(part, Mapping):
        raise ProjectError(f"{file} is no JSON object{f' with a {key}' if key else ''}.", "Mend it and try again.")
    return part


def _package_parent() -> Path:
    return Path(shopfast_obs.__file__).resolve().parents[1]
