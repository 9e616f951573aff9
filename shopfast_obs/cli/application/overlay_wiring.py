"""Whether the project's CDK app applies the overlay: what no deployment would bring is not written."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError
from shopfast_obs.settings import Settings


def require(settings: Settings) -> None:
    """Raise ProjectError, with the two lines that are missing and their place, when the synthesised app does not apply
    the project's overlay. An assembly that does not tell is made anew."""
    from shopfast_obs.cloud.deploy.deployment import synthesise
    from shopfast_obs.constructs.node import executable
    from shopfast_obs.model.overlay import MARK

    mark = settings.assembly_dir / MARK
    if _applied(mark) == settings.overlay_path.resolve():
        return
    synthesise(settings, executable(), lambda _: None)  # the assembly may be older than the app
    applied = _applied(mark)
    if applied is None:
        raise _refusal(settings, "does not apply the overlay")
    if applied != settings.overlay_path.resolve():
        shown = os.path.relpath(applied, settings.root)
        raise _refusal(settings, f"applies the overlay {shown}, and the project's is {settings.overlay}", both=False)


def _applied(mark: Path) -> Path | None:
    """The overlay that the app of an assembly applies; None when it applies none."""
    return Path(confine.content(mark).decode("utf-8")) if mark.is_file() else None


def missing(program: Path, overlay: str) -> tuple[str, list[str]]:
    """Where the two lines go by which a program applies the overlay, and the lines."""
    name, line = next(_synthesis(program), ("app", 0))
    place = f"before line {line} (`{name}.synth()`)" if line else f"before `{name}.synth()`"
    return place, ["from shopfast_obs.constructs import apply_overlay", f'apply_overlay({name}, "{overlay}")']


def _refusal(settings: Settings, what: str, *, both: bool = True) -> ProjectError:
    place, lines = missing(settings.root / settings.app, settings.overlay)
    return ProjectError(
        f"{settings.app} {what}, so no deployment would bring the change, and nothing was written.",
        f"Put into {settings.app}, {place}, then run the command again:\n    "
        + "\n    ".join(lines if both else lines[1:]),
    )


def _synthesis(program: Path) -> Iterator[tuple[str, int]]:
    """The name of the app and the line, wherever the program synthesises."""
    try:
        tree = ast.parse(confine.content(program))
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="synth"), lineno=line):
                yield name, line
