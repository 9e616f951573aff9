"""What the last synthesis read and staged: its notes, kept beside the assembly."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from shopfast_obs.model.records import record

UNKEPT = ("/proc/", "/dev/", "/sys/")  # of the machine
JSII = "jsii-kernel-"  # how its temporary folders are called
PYTHON, NODE = "python.json", "node.jsonl"


@record
class Asset:
    """One file or folder that CDK staged; `plain`: by nothing but copying, with these options of CDK's `FileSystem`."""

    source: Path
    staged: str  # its name in the assembly
    hash: str
    plain: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    library: str = ""  # where this aws-cdk-lib lies


@record
class Reads:
    """Files, folders that were listed, what was asked for, modules, and assets.

    `outside`: the app started programs or opened connections. `hashes` are those that the app was told.
    """

    read: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()  # whether they are there
    modules: tuple[str, ...] = ()
    assets: tuple[Asset, ...] = ()
    outside: bool = False
    hashes: tuple[str, ...] = ()
    applies_overlay: bool = False

    @property
    def plain(self) -> tuple[Asset, ...]:
        """The folders that are only copied."""
        return tuple(asset for asset in self.assets if asset.plain)


def recording(notes: Path) -> dict[str, str]:
    """The environment that has a synthesis write its notes into that folder."""
    return {"SHOPFAST_OBS_RECORD": str(notes / PYTHON), "SHOPFAST_OBS_NODE_RECORD": str(notes / NODE)}


def of(notes: Path, root: Path, output: Path, *, applies_overlay: bool) -> Reads:
    """The notes of a synthesis into `output` that has just ended; `outside` where it left none."""
    node = notes / NODE
    try:
        said = json.loads((notes / PYTHON).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Reads(outside=True)
    lines = [json.loads(line) for line in node.read_text(encoding="utf-8").splitlines()] if node.exists() else []
    read = {*said["read"], *(line["read"] for line in lines if "read" in line)}
    return Reads(
        tuple(sorted(_kept(read, root, output))),
        tuple(sorted(_kept(said["listed"], root, output))),
        tuple(sorted(_kept(said["asked"], root, output))),
        tuple(said["modules"]),
        tuple(_assets(lines)),
        said["outside"] or any("outside" in line for line in lines),
        tuple(said["hashes"]),
        applies_overlay,
    )


def dump(reads: Reads) -> dict[str, Any]:
    """The notes as JSON."""
    return asdict(reads)


def parse(said: Mapping[str, Any]) -> Reads:
    """The notes of `dump`; raises KeyError, TypeError for anything else."""
    lists = {key: tuple(said[key]) for key in ("read", "listed", "asked", "modules", "hashes")}
    places = ({"source": Path(one["source"]), "staged": Path(one["staged"]).name} for one in said["assets"])
    assets = tuple(Asset(**{**one, **place}) for one, place in zip(said["assets"], places, strict=True))
    return Reads(**lists, assets=assets, outside=said["outside"], applies_overlay=said["applies_overlay"])


def _kept(names: Iterable[str], root: Path, output: Path) -> Iterator[str]:
    """Without what the synthesis made itself, and without what belongs to the interpreter and its packages."""
    left = (str(output), str(Path.home() / ".cdk"), sys.prefix, sys.base_prefix, *UNKEPT)
    for name in names:
        path = Path(name)
        inside = path.is_relative_to(root)
        if name.endswith(".pyc") or path.is_relative_to(output) or JSII in name:
            continue
        if inside or not name.startswith(left):
            yield name


def _assets(lines: Sequence[Mapping[str, Any]]) -> Iterator[Asset]:
    """Each staged asset once; what was made only to be staged is not there any more."""
    seen = set()
    for line in lines:
        if "staged" in line and (line["source"], line["hash"]) not in seen and Path(line["source"]).exists():
            seen.add((line["source"], line["hash"]))
            staged = Path(line["staged"]).name
            yield Asset(Path(line["source"]), staged, line["hash"], line["plain"], line["options"], line["library"])
