"""What kind of application lies in a folder: what defines it, and where its functions' sources are."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.errors import ProjectError

CDK, SAM, CLOUDFORMATION, SERVERLESS = "CDK app", "SAM template", "CloudFormation template", "Serverless Framework file"
SERVERLESS_FILES = ("serverless.yml", "serverless.yaml")
SUFFIXES = (".yaml", ".yml", ".json", ".template")
# Where a folder has one of these, its other templates are parts of it.
USUAL = ("template.yaml", "template.yml", "template.json")
SKIPPED = frozenset(
    {"node_modules", "__pycache__", "venv", "env", "site-packages", "cdk.out", "build", "dist", "tests", "test", "docs"}
)
TRANSFORM = re.compile(r"AWS::Serverless-\d{4}-\d\d-\d\d")
TEMPLATE = re.compile(r"""(?:^|[{,])\s*["']?Resources["']?\s*:""", re.MULTILINE)
LARGEST = 2_000_000  # bytes of a file that people write
DEPTH = 4  # folders below the named one in which applications are looked for
SHOWN = 8
Defined = tuple[str, tuple[str, ...]]  # the kind, and the files that define it


@dataclass(frozen=True, slots=True)
class Application:
    """An application. `definitions` are the files that define it, relative to `root`: the entry file of a CDK app (none
    where that is no Python), templates, a serverless.yml. `services` are the folders of its functions' sources."""

    root: Path
    kind: str
    definitions: tuple[str, ...]
    services: tuple[str, ...] = ()


def find(folder: Path) -> Application:
    """The application in a folder; raises ProjectError where there is none, and where there are several below it."""
    root = folder.resolve()
    if not root.is_dir():
        raise ProjectError(f"There is no folder {folder}.", "Name the folder of your application.")
    here = _defined(root, root)
    if here is None:
        below = list(_below(root))
        if not below:
            raise ProjectError(
                f"{folder} has no CDK app, SAM or CloudFormation template or serverless.yml.",
                "Name the folder of your application.",
            )
        if len(below) > 1:
            raise ProjectError(_several(folder, root, [place for place, _ in below]), _first(folder, root, below[0][0]))
        here = below[0][1]
    from shopfast_obs.cli.project.functions import folders

    kind, files = here
    return Application(root, kind, files, folders(root, kind, files))


def _several(folder: Path, root: Path, places: Sequence[Path]) -> str:
    names = [str(place.relative_to(root)) for place in places]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{folder} has {len(names)} applications: {', '.join(names[:SHOWN])}{more}."


def _first(folder: Path, root: Path, place: Path) -> str:
    return f"Name one: shopfast-obs init --app {shlex.quote(str(folder / place.relative_to(root)))}"


def _below(root: Path) -> Iterator[tuple[Path, Defined]]:
    """The applications in folders below, with what defines each; what lies in one is a part of it."""
    walk = confine.Walk(root, skip=lambda name: name in SKIPPED or name.startswith("."), depth=DEPTH)
    outer: list[Path] = []
    for place in sorted({file.parent for file in walk} - {root}):
        inside = any(place.is_relative_to(other) for other in outer)
        if not inside and (found := _defined(root, place)) is not None:
            outer.append(place)
            yield place, found


def _defined(root: Path, place: Path) -> Defined | None:
    """The kind and the definitions of an application in this very folder; None where there is none."""
    if (place / "cdk.json").is_file():
        entry = _entry(place)
        return CDK, (str((place / entry).relative_to(root)),) if entry else ()
    for name in SERVERLESS_FILES:
        if (place / name).is_file():
            return SERVERLESS, (str((place / name).relative_to(root)),)
    templates = list(_templates(place))
    usual = [found for found in templates if found[0].name in USUAL]
    chosen = usual[:1] or templates
    kind = SAM if any(kind == SAM for _, kind in chosen) else CLOUDFORMATION
    return (kind, tuple(str(file.relative_to(root)) for file, _ in chosen)) if chosen else None


def _templates(place: Path) -> Iterator[tuple[Path, str]]:
    for file in sorted(place.iterdir()):
        if file.suffix in SUFFIXES and file.is_file() and file.name != "package-lock.json":
            text = _text(file)
            if TEMPLATE.search(text) and "AWS::" in text:
                yield file, SAM if TRANSFORM.search(text) else CLOUDFORMATION


def _entry(place: Path) -> str:
    """The Python file that cdk.json runs, relative to its folder; empty where it runs something else."""
    try:
        command = json.loads(_text(place / "cdk.json")).get("app", "")
        words = shlex.split(command) if isinstance(command, str) else []
    except (ValueError, RecursionError, AttributeError):
        return ""
    for word in words:
        found = confine.within(place, place, word) if word.endswith(".py") else None
        if isinstance(found, Path) and found.is_file():
            return str(found.relative_to(place.resolve()))
    return ""


def applies_overlay(program: Path) -> bool:
    """True where the entry file of a CDK app names `apply_overlay`."""
    try:
        tree = ast.parse(_text(program))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(getattr(node, "id", getattr(node, "attr", "")) == "apply_overlay" for node in ast.walk(tree))


def _text(file: Path) -> str:
    try:
        return confine.content(file, LARGEST).decode("utf-8", errors="replace")
    except OSError:
        return ""
