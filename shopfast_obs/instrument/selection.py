"""The codemods of a run, less those that some files are spared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from shopfast_obs.instrument.interface import Codemod

Excluded = Mapping[Path, frozenset[str]]


class Selection(tuple[Codemod, ...]):
    """Codemods in their order; `excluded` are the ids of those that a file is spared, by its path."""

    excluded: Excluded = MappingProxyType({})


def sparing(codemods: Sequence[Codemod], excluded: Excluded) -> Selection:
    """The codemods, with what files are spared."""
    selection = Selection(codemods)
    selection.excluded = excluded
    return selection


def of_file(codemods: Sequence[Codemod], path: Path) -> Sequence[Codemod]:
    """The codemods that the file is not spared."""
    spared = codemods.excluded.get(path) if isinstance(codemods, Selection) else None
    return [codemod for codemod in codemods if codemod.id not in spared] if spared else codemods
