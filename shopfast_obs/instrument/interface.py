"""What a codemod is, what it is told, and what it answers."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Literal

from shopfast_obs.instrument.application.style import Style
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.overlay import Tracing

if TYPE_CHECKING:
    import libcst as cst

    from shopfast_obs.instrument.business import BusinessMetric

Kind = Literal["logger", "tracer", "metrics"]
Visible = Literal["stdout", "patched names", "answers", "log records"]
CLASS_OF: dict[str, str] = {"logger": "Logger", "tracer": "Tracer", "metrics": "Metrics"}


@dataclass(frozen=True, slots=True)
class ModuleContext:
    """What is known about a module beside its text.

    `handlers` are the names of its Lambda handlers. `objects` is the module that makes the Logger, Tracer and Metrics
    of the service (`observability`, `.observability`), empty when this one makes its own. `siblings` are the
    top-level names of the service's own modules. `names` are those that the source binds in any scope, where that is
    known. `metrics` are those of the business by the function that they count. `patched` says why clients must be
    made when they are made now, where tests replace them. `plain` says why log calls must stay without fields.
    `verbose` says that another module of the service sets the root logger to INFO. `tracing` is the way on which its
    handlers shall be traced, `traced` are those on which they are, and `tracer` names another tracer that they have.
    `style` is how the project writes its code. `tree` is the source as it was, as Python parses it; `text_of` prints a
    version of it.
    """

    handlers: tuple[str, ...] = ()
    objects: str = ""
    siblings: frozenset[str] = frozenset()
    names: frozenset[str] | None = None
    metrics: Mapping[str, tuple[BusinessMetric, ...]] = field(default_factory=dict)
    patched: str = ""
    plain: str = ""
    verbose: bool = False
    tracing: Tracing = "xray"
    traced: frozenset[Tracing] = frozenset()
    tracer: str = ""
    style: Style = field(default_factory=Style)
    tree: ast.Module | None = None
    text_of: Callable[[cst.Module], str] = attrgetter("code")


@dataclass(frozen=True, slots=True)
class Example:
    """A source and what becomes of it; the same text twice when it is left alone."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A module as a codemod leaves it, and what it left alone in there without being missed."""

    module: cst.Module
    note: str


class Codemod(ABC):
    """One change of Python source. `wraps` says that it works on handlers; `rank` orders the codemods of a run;
    `optional` that a source which it leaves alone lacks nothing; `visible` names what a test of the application can see
    of it."""

    id: ClassVar[str]
    title: ClassVar[str]
    rank: ClassVar[int]
    wraps: ClassVar[bool] = False
    optional: ClassVar[bool] = False
    visible: ClassVar[tuple[Visible, ...]]
    marker: ClassVar[str] = ""  # the decorator that a handler has when nothing is left to do
    tracing: ClassVar[Tracing | None] = None  # the way of tracing that it belongs to; two of them share an id
    needle: ClassVar[str] = ""  # a text that every source of interest has; saves the parse of the others
    valid: ClassVar[tuple[str, ...]]  # left alone
    invalid: ClassVar[tuple[Example, ...]]  # changed

    def concerns(self, source: str, context: ModuleContext) -> bool:
        """False for a source that it would leave alone in any case."""
        if self.tracing is not None and (context.tracer or context.tracing != self.tracing):
            return False
        return self.needle in source and (bool(context.handlers) or not self.wraps)

    def sees(self, tree: ast.Module, context: ModuleContext) -> bool:
        """False where Python's own tree of the source, a quick look, shows that it would leave it alone."""
        return True

    @abstractmethod
    def transform(self, module: cst.Module, context: ModuleContext) -> cst.Module | Rewritten | Skipped:
        """The module as it should be; the same object when there is nothing to do; Skipped when it is not clear."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source: its new text, the codemods that changed it, what was left alone and why, and what was
    left alone without being missing."""

    source: str
    codemods: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Skipped, ...] = ()
