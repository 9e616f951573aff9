"""What instrumented sources import at run time, and how their functions come by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from shopfast_obs.instrument.service import FileResult

TEMPLATES = ("template.yaml", "template.yml", "template.json", "serverless.yml", "serverless.yaml")
POWERTOOLS = "aws-lambda-powertools"
RUNTIME = "shopfast_obs.runtime"
OTEL = re.compile(rb"\b(traced|annotate|add_metadata|opentelemetry)\b")  # what needs the SDK in a source of ours


def effects(files: Sequence[FileResult], paths: Sequence[Path], root: Path, command: str = "") -> Iterator[str]:
    """What has to come to the functions besides these sources, and the command for it; nothing where no source changes.
    `command` is the one that tells the project's own infrastructure, if there is one."""
    changed = [file for file in files if file.status == "changed" and file.path.suffix == ".py"]
    names = {name for file in changed for name in _imports(file.after or b"")}
    needed = sorted(name for name in names if f"{name}[tracer]" not in names)
    if not needed:
        return
    listed = ", ".join([*needed[:-2], " and ".join(needed[-2:])])
    yield f"At run time these sources import {listed}; without them the functions fail in their init."
    template = next(_templates(paths, root), None)
    whole = "Both" if len(needed) == 2 else "They"
    if command:
        yield f"{whole} come as layers with: {command}"
    elif template is not None:
        yield f"{whole} come as layers with: shopfast-obs instrument --template {template} --apply"
    else:
        yield (
            "No template was found that could bring them as layers: --layer FILE writes ours; Powertools has a public "
            f"layer, or put {next((name for name in needed if POWERTOOLS in name), POWERTOOLS)} into the package."
        )


def _imports(source: bytes) -> Iterator[str]:
    if b"aws_lambda_powertools" in source:
        yield f"{POWERTOOLS}[tracer]" if b"Tracer" in source else POWERTOOLS
    if RUNTIME.encode() in source:
        yield RUNTIME
    if RUNTIME.encode() in source and OTEL.search(source):
        yield "opentelemetry-sdk"


def _templates(paths: Sequence[Path], root: Path) -> Iterator[Path]:
    """Templates in the folders of the paths and above, up to the root, as the user would write them."""
    for path in paths:
        for folder in (path, *path.parents):
            yield from (
                file.relative_to(root) if file.is_relative_to(root) else file
                for name in TEMPLATES
                if (file := folder / name).is_file()
            )
            if folder == root or not folder.is_relative_to(root):
                break
