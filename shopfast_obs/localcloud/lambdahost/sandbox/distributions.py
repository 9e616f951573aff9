"""Folders of links to installed packages: what Lambda's runtime offers, and what a public layer holds. A function sees
these and nothing else of the environment that the cloud runs in."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

CLIENT = ("awslambdaric",)
SDK = ("boto3",)
RUNTIME = (*CLIENT, *SDK)
POWERTOOLS = ("aws-lambda-powertools", "aws-xray-sdk")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def runtime_dir(state: Path, libraries: Path | None = None) -> Path:
    """A folder with the packages of Lambda's Python runtime: boto3, awslambdaric and what they need; boto3 and its own
    from `libraries`, where they are named."""
    return _linked(state / "runtimes", _closure(CLIENT, extras=False) | _closure(SDK, extras=False, place=libraries))


def powertools_layer(state: Path) -> Path:
    """The public Powertools layer: the installed package and what it, with its extras, needs and is installed."""
    offered = _closure(RUNTIME, extras=False).keys()
    needed = {name: dist for name, dist in _closure(POWERTOOLS, extras=True).items() if name not in offered}
    needed |= _closure(("jmespath",), extras=False)
    return _linked(state / "layers" / "powertools", needed, "python")


def _closure(roots: Iterable[str], *, extras: bool, place: Path | None = None) -> dict[str, metadata.Distribution]:
    """The roots and their requirements by name, `extras` of the roots included; what is not installed (in `place`, a
    folder of packages, where one is named) is left out."""
    found: dict[str, metadata.Distribution] = {}
    queue = [(name, extras) for name in roots]
    while queue:
        name, with_extras = queue.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        dist = next(iter(metadata.Distribution.discover(name=name, path=[str(place)] if place else sys.path)), None)
        if dist is None:
            continue
        found[key] = dist
        for requirement in dist.requires or ():
            needed = _NAME.match(requirement)
            if needed and (with_extras or "extra ==" not in requirement):
                queue.append((needed[0], False))
    return found


def _linked(parent: Path, dists: dict[str, metadata.Distribution], below: str = "") -> Path:
    versions = sorted(f"{name}={dist.version}@{dist.locate_file('')}" for name, dist in dists.items())
    folder = parent / hashlib.sha256("\n".join(versions).encode()).hexdigest()[:16]
    if folder.exists():
        return folder
    draft = parent / f".{folder.name}.{os.getpid()}.{os.urandom(4).hex()}"
    (draft / below).mkdir(parents=True)
    for dist in dists.values():
        for entry in _top_level(dist):
            link = draft / below / entry
            if not link.exists():
                link.symlink_to(Path(str(dist.locate_file(entry))).resolve())
    try:
        draft.rename(folder)
    except OSError:  # another cloud was quicker
        if not folder.exists():
            raise
    return folder


def _top_level(dist: metadata.Distribution) -> set[str]:
    tops = {file.parts[0] for file in dist.files or ()}
    return {top for top in tops if top not in ("..", "__pycache__", "bin")}
