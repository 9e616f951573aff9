"""The codemods of a run, less those that some files are spared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.model.overlay import Tracing

Excluded = Mapping[Path, frozenset[str]]


class Selection(tuple[Codemod, ...]):
    """Codemods in their order.

    `excluded` are the ids of those that a file is spared, by its path. `tracing` is the way of tracing that was asked
    for; None leaves it to the sources, and `usual` is that of handlers which nothing traces then (None: not known yet,
    so the X-Ray SDK). `tracers` names what traces the handlers of a file from outside of its source, by its path.
    """

    excluded: Excluded = MappingProxyType({})
    tracing: Tracing | None = None
    usual: Tracing | None = None
    tracers: Mapping[Path, str] = MappingProxyType({})
    migrating: tuple[Path, ...] = ()  # the folders whose sources move from the X-Ray SDK to OpenTelemetry instead


def chosen(codemods: Iterable[Codemod], *, tracing: Tracing | None) -> Selection:
    """These codemods, for this way of tracing."""
    selection = Selection(codemods)
    selection.tracing = tracing
    return selection


def sparing(codemods: Sequence[Codemod], excluded: Excluded) -> Selection:
    """The codemods, with what files are spared."""
    selection = _copied(codemods)
    selection.excluded = excluded
    return selection


def migration(tops: Sequence[Path]) -> Selection:
    """No codemods: what the handlers below these folders use of the X-Ray SDK moves to OpenTelemetry."""
    selection = Selection()
    selection.tracing, selection.migrating = "otel", tuple(tops)
    return selection


def usually(codemods: Sequence[Codemod], tracing: Tracing) -> Selection:
    """The codemods, with the way of tracing of handlers that nothing traces yet."""
    selection = _copied(codemods)
    selection.usual = tracing
    return selection


def traced_by(codemods: Sequence[Codemod], tracers: Mapping[Path, str]) -> Selection:
    """The codemods, with what traces the handlers of files already."""
    selection = _copied(codemods)
    selection.tracers = tracers
    return selection


def of_file(codemods: Sequence[Codemod], path: Path) -> Sequence[Codemod]:
    """The codemods that the file is not spared."""
    spared = codemods.excluded.get(path) if isinstance(codemods, Selection) else None
    return [codemod for codemod in codemods if codemod.id not in spared] if spared else codemods


def _copied(codemods: Sequence[Codemod]) -> Selection:
    selection = Selection(codemods)
    if isinstance(codemods, Selection):
        vars(selection).update(vars(codemods))
    return selection
