"""How the functions of a template are traced, by their settings and sources, and what the template needs for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from shopfast_obs.analysis.tracers import Tracer, of_settings
from shopfast_obs.instrument.application.service_discovery import declared
from shopfast_obs.instrument.application.tracing import Declared, of_handler, of_service, together
from shopfast_obs.instrument.infrastructure import headroom
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.selection import Selection, traced_by, usually
from shopfast_obs.model.overlay import Layer
from shopfast_obs.model.resources import Resource


class DeclaredTracing:
    """The functions of one template, whose sources these codemods will change; `text` is the template, `made` are the
    layers that it can make.

    `layers` are those that the functions which are kept need, `sentences` tell of the tracers that they have already.
    """

    def __init__(self, text: str, codemods: Sequence[Codemod], made: Collection[Layer]) -> None:
        # Where nobody asked for a way of tracing, what is new follows the others.
        self._codemods = usually(codemods, "otel") if headroom.LAYER_NAMES["otel"] in text else codemods
        self._made = made
        self._sources: dict[Path, str] = {}
        self.layers: tuple[Layer, ...] = ()
        self.sentences: list[str] = []

    @property
    def codemods(self) -> Selection:
        """The codemods, which know what traces the sources from outside."""
        return traced_by(self._codemods, self._sources)

    def of(self, function: Resource, handler: str, folder: Path | None, outside: Tracer | None = None) -> Declared:
        """Of the function whose handler lies below the folder; `outside` is a tracer that its settings do not name."""
        outside = outside or of_settings(function)
        services = declared(folder, {handler}).services if folder and handler else ()
        found = {m.source.path: of_service(s)[m.source.path] for s in services for m in s.modules if m.handlers}
        if outside:
            self._sources |= dict.fromkeys(found, outside.name)
        return of_handler(together(found.values()), self._codemods, outside)

    def keep(self, function: Resource, tracing: Declared) -> None:
        """Count a function that carries its layers."""
        new = (layer for layer in tracing.layers if layer in self._made and layer not in self.layers)
        self.layers = (*self.layers, *new)
        if tracing.tracer and not tracing.moves:
            self.sentences.append(tracing.sentence(function.name))
