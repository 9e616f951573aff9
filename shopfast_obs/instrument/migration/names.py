"""What a module calls the parts of the X-Ray SDK and of Powertools' Tracer."""

# ruff: noqa: N802, D102 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

import libcst as cst
from libcst.metadata import ParentNodeProvider, PositionProvider

from shopfast_obs.instrument.edit.imports import dotted, module_of

POWERTOOLS, SDK = "aws_lambda_powertools", "aws_xray_sdk"


class Kind(Enum):
    """What a name is."""

    TRACER_CLASS = auto()
    TRACER = auto()
    RECORDER = auto()
    PATCH_ALL = auto()
    PATCH = auto()
    OTHER = auto()  # a part that nothing moves
    MODULE = auto()  # `aws_xray_sdk`, below which parts are


PARTS: Mapping[str, Kind] = {
    f"{POWERTOOLS}.Tracer": Kind.TRACER_CLASS,
    f"{POWERTOOLS}.tracing.Tracer": Kind.TRACER_CLASS,
    f"{POWERTOOLS}.tracing.tracer.Tracer": Kind.TRACER_CLASS,
    f"{SDK}.core.xray_recorder": Kind.RECORDER,
    f"{SDK}.core.recorder.xray_recorder": Kind.RECORDER,
    f"{SDK}.core.patch_all": Kind.PATCH_ALL,
    f"{SDK}.core.patcher.patch_all": Kind.PATCH_ALL,
    f"{SDK}.core.patch": Kind.PATCH,
    f"{SDK}.core.patcher.patch": Kind.PATCH,
}
TRACING = f"{POWERTOOLS}.tracing"
ELSEWHERE = "is bound to something else in this file too"


def part(path: str) -> Kind | None:
    """What an imported path is; None for what has nothing to do with tracing."""
    if path in PARTS:
        return PARTS[path]
    if path in (SDK, f"{SDK}.core"):
        return Kind.MODULE
    return Kind.OTHER if path.startswith((f"{SDK}.", f"{TRACING}.")) else None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be moved, and its line."""

    line: int
    reason: str


@dataclass(slots=True)
class Names:
    """`known` are dotted names, those of objects on classes as `self.tracer`; `imported` says of each imported one
    where it is from. `made` are the objects that this module makes at its top."""

    known: dict[str, Kind] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def find(self, text: str) -> tuple[str, Kind, str] | None:
        """The known name that a dotted text starts with, what it is, and the rest of the text."""
        parts = text.split(".")
        for count in range(len(parts), 0, -1):
            start, rest = ".".join(parts[:count]), ".".join(parts[count:])
            kind = self.known.get(start)
            if kind is None:
                continue
            if kind is Kind.TRACER and (rest == "provider" or rest.startswith("provider.")):
                return start, Kind.RECORDER, rest.removeprefix("provider").removeprefix(".")
            return start, kind, rest
        return None


class Reader(cst.CSTVisitor):
    """Reads the names of a module. `given` are the objects that it may import from modules of its own, by the path as
    it writes it."""

    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, given: Mapping[str, Kind]) -> None:
        super().__init__()
        self.names = Names()
        self._given = given
        self._classes: list[str] = []
        self._bound: dict[str, list[int]] = {}

    def problem(self, node: cst.CSTNode, reason: str) -> None:
        """Note why the module must stay."""
        self.names.problems.append(Problem(self._line(node), reason))

    def _line(self, node: cst.CSTNode) -> int:
        return int(self.get_metadata(PositionProvider, node).start.line)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        source = module_of(node)
        if isinstance(node.names, cst.ImportStar):
            if part(f"{source}.") is not None or source.startswith(SDK):
                self.problem(node, f"`from {source} import *` does not say which names it brings")
            return False
        for alias in node.names:
            name = dotted(alias.name)
            path = f"{source}.{name}" if not source.endswith(".") else f"{source}{name}"
            kind = self._given.get(path) or part(path)
            local = alias.evaluated_alias or name
            if kind is not None:
                self._import(node, local, kind, path)
            elif not self._import_module(local, path):
                self._bind(local, node)
        return False

    def _import_module(self, local: str, path: str) -> bool:
        """Know the objects of a module of the application's own; False where it has none."""
        found = {
            f"{local}{given.removeprefix(path)}": k for given, k in self._given.items() if given.startswith(f"{path}.")
        }
        self.names.known |= found
        return bool(found)

    def visit_Import(self, node: cst.Import) -> bool:
        for alias in node.names:
            path = dotted(alias.name)
            local = alias.evaluated_alias
            if path == POWERTOOLS or path.startswith(f"{POWERTOOLS}."):
                for each, kind in PARTS.items():
                    if each.startswith(f"{path}."):
                        self.names.known[f"{local or path}{each.removeprefix(path)}"] = kind
            elif path == SDK or path.startswith(f"{SDK}."):
                self._guarded(node)
                for each, kind in PARTS.items():
                    if local is None or each.startswith(f"{path}."):
                        self.names.known[each if local is None else f"{local}{each.removeprefix(path)}"] = kind
                self.names.known[local or SDK] = Kind.MODULE
                self.names.imported[local or SDK] = path
            else:
                self._import_module(local or path, path)
        return False

    def _import(self, node: cst.ImportFrom, local: str, kind: Kind, path: str) -> None:
        if kind is Kind.OTHER:
            self.problem(node, f"`{path.rpartition('.')[2]}` of `{path.rpartition('.')[0]}` has no counterpart")
            return
        self._guarded(node)
        if self.names.known.get(local, kind) is not kind:
            self.problem(node, f"`{local}` {ELSEWHERE}")
        self.names.known[local] = kind
        self.names.imported[local] = path

    def _guarded(self, node: cst.CSTNode) -> None:
        """An import that may fail says what happens without it, which is not ours to decide."""
        at: cst.CSTNode | None = node
        while at is not None:
            if isinstance(at, cst.Try | cst.If | cst.ExceptHandler):
                self.problem(node, "it is imported under a condition")
                return
            at = self.get_metadata(ParentNodeProvider, at, None)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._bind(node.name.value, node)
        self._classes.append(node.name.value)

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:
        self._classes.pop()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._bind(node.name.value, node)

    def visit_Param(self, node: cst.Param) -> None:
        self._bind(node.name.value, node)

    def visit_AsName(self, node: cst.AsName) -> None:
        if isinstance(node.name, cst.Name):
            self._bind(node.name.value, node)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._targets(node.target, None)

    def visit_For(self, node: cst.For) -> None:
        self._targets(node.target, None)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._targets(node.target, None)

    def visit_Assign(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._targets(target.target, node.value if len(node.targets) == 1 else None)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._targets(node.target, node.value)

    def _targets(self, target: cst.BaseExpression, value: cst.BaseExpression | None) -> None:
        kind = self.made_kind(value)
        text = dotted(target)
        if kind is None:
            for name in _bound(target):
                self._bind(name, target)
        elif isinstance(target, cst.Name):
            if self._bound.get(text) or (text in self.names.known and text not in self.names.made):
                self.problem(target, f"`{text}` {ELSEWHERE}")
            self.names.known[text] = kind
            self.names.made.add(text)
            if self._classes:
                self._attribute(text, kind)
        elif text.count(".") == 1 and self._classes:
            self._attribute(text.partition(".")[2], kind)
        else:
            self.problem(target, f"`{text or 'it'}` is no name that can be followed")

    def made_kind(self, value: cst.BaseExpression | None) -> Kind | None:
        """What a value makes or repeats: a Tracer, or a name that is known already."""
        if isinstance(value, cst.Call):
            found = self.names.find(dotted(value.func))
            return Kind.TRACER if found and found[1] is Kind.TRACER_CLASS and not found[2] else None
        found = self.names.find(dotted(value)) if value is not None else None
        return found[1] if found and not found[2] and found[1] in (Kind.TRACER, Kind.RECORDER) else None

    def _attribute(self, name: str, kind: Kind) -> None:
        self.names.attributes.add(name)
        for base in ("self", "cls", *self._classes):
            self.names.known[f"{base}.{name}"] = kind

    def _bind(self, name: str, node: cst.CSTNode) -> None:
        self._bound.setdefault(name, []).append(self._line(node))

    def leave_Module(self, original_node: cst.Module) -> None:
        for name in self.names.known:
            for line in self._bound.get(name, ())[:1]:
                self.names.problems.append(Problem(line, f"`{name}` {ELSEWHERE}"))


def _bound(target: cst.BaseExpression) -> list[str]:
    if isinstance(target, cst.Name):
        return [target.value]
    if isinstance(target, cst.Tuple | cst.List):
        return [name for element in target.elements for name in _bound(element.value)]
    return [f for f in (dotted(target),) if f]
