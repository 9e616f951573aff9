"""Reads one module on the way down: who makes parts, what holds them, and what cannot be followed."""

# ruff: noqa: N802, D102 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import ParentNodeProvider

from shopfast_obs.instrument.edit.imports import dotted
from shopfast_obs.instrument.migration.calls import TRACE
from shopfast_obs.instrument.migration.names import Kind, Names, Problem
from shopfast_obs.instrument.migration.pairs import BEGUN
from shopfast_obs.instrument.migration.reasons import DISTINCTIVE, UNCLEAR

HERE = f"{TRACE}.get_current_span()"
PARTS = ("in_subsegment", "in_subsegment_async", "capture", "capture_async", BEGUN)


@dataclass(slots=True)
class Frame:
    """A function that is being read: its name's parts, the variables that hold a part with the depth of open parts at
    which they were bound, and the name of the part that its body becomes, where it is a generator."""

    names: tuple[str, ...] = ()
    variables: dict[str, int] = field(default_factory=dict)
    depth: int = 0
    generates: bool = False
    body_part: cst.BaseExpression | None = None


class Reading(cst.CSTTransformer):
    """`names` are the module's; `lines` those of the nodes as the file was. `patched` are the libraries whose calls
    it made parts of, None for all."""

    METADATA_DEPENDENCIES = (ParentNodeProvider,)

    def __init__(self, names: Names, lines: Mapping[cst.CSTNode, int], plain: frozenset[str], quote: str) -> None:
        super().__init__()
        self.names, self.problems = names, list(names.problems)
        self.patched: set[str] = set()
        self.holds = False  # a variable has held a part
        self._lines, self._plain, self._quote = lines, plain, quote
        self._consumed: set[cst.CSTNode] = set()
        self._frames = [Frame()]
        self._statements: dict[cst.CSTNode, list[cst.BaseExpression]] = {}  # what stands in place of an expression

    # What is read on the way down.

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        outer = self._frames[-1]
        self._frames.append(Frame((*outer.names, node.name.value)))

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        self._frames.pop()
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        outer = self._frames[-1].names
        inside = (*outer, node.name.value)
        self._frames.append(Frame(inside, generates=node.asynchronous is None and yields(node)))

    def visit_With(self, node: cst.With) -> None:
        for item in node.items:
            if self._is_part(item.item):
                frame = self._frames[-1]
                frame.depth += 1
                if item.asname is not None and isinstance(item.asname.name, cst.Name):
                    frame.variables[item.asname.name.value] = frame.depth
                    self.holds = True
                    self._consumed.add(item.asname.name)

    def _is_part(self, node: cst.BaseExpression) -> bool:
        found = self._method(node) if isinstance(node, cst.Call) else None
        return found is not None and found[1] is Kind.RECORDER and found[2] in PARTS

    def visit_Assign(self, node: cst.Assign) -> None:
        target = node.targets[0].target
        if len(node.targets) == 1 and self._names_object(target, node.value):
            return
        found = self._method(node.value) if isinstance(node.value, cst.Call) else None
        if found and found[1:] == (Kind.RECORDER, "current_subsegment") and isinstance(target, cst.Name):
            frame = self._frames[-1]
            frame.variables[target.value] = frame.depth
            self.holds = True
            self._consumed.add(target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if node.value is not None and self._names_object(node.target, node.value):
            self._consume(node.annotation.annotation)

    def _names_object(self, target: cst.BaseExpression, value: cst.BaseExpression) -> bool:
        """True for `name = Tracer()` and `name = tracer`."""
        known = self.names.known.get(dotted(target))
        if known not in (Kind.TRACER, Kind.RECORDER):
            return False
        self._consume(target)
        if isinstance(value, cst.Call):
            found = self._method(value)
            return found is not None and found[1] is Kind.TRACER_CLASS
        self._consume(value)
        return True

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword is not None:
            self._consumed.add(node.keyword)

    def visit_Param(self, node: cst.Param) -> None:
        self._consumed.add(node.name)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self._consumed.add(node.attr)
        parent = self.get_metadata(ParentNodeProvider, node, None)
        if isinstance(node.value, cst.Call) and not (isinstance(parent, cst.Call) and parent.func is node):
            inner = self._method(node.value)
            if inner and inner[1:] == (Kind.RECORDER, "current_subsegment"):
                self.problem(node, f"`{node.attr.value}` of a part {UNCLEAR}")
        if (
            not isinstance(parent, cst.Attribute)
            and first_name(node) not in self._consumed
            and self.names.find(dotted(node))
        ):
            self._unknown(node)

    def visit_Name(self, node: cst.Name) -> None:
        if node in self._consumed:
            return
        if node.value in self.names.known:
            self._unknown(node)
        elif any(node.value in frame.variables for frame in self._frames):
            self._variable(node)

    def _variable(self, node: cst.Name) -> None:
        """A variable with a part may be tested; a part that goes elsewhere cannot be followed."""
        parent = self.get_metadata(ParentNodeProvider, node, None)
        tested = isinstance(parent, cst.If | cst.UnaryOperation | cst.BooleanOperation | cst.IfExp)
        tested |= isinstance(parent, cst.Comparison) and "None" in [dotted(c.comparator) for c in parent.comparisons]
        if not tested:
            self.problem(node, f"`{node.value}` holds a part and is handed on")

    def _unknown(self, node: cst.CSTNode) -> None:
        self._consume(node)
        shown = dotted(node) if isinstance(node, cst.Attribute | cst.Name) else ""
        self.problem(node, f"`{shown}` {UNCLEAR}")

    def _consume(self, node: cst.CSTNode) -> None:
        first = first_name(node)
        if first is not None:
            self._consumed.add(first)

    def problem(self, node: cst.CSTNode, reason: str) -> None:
        at: cst.CSTNode | None = node
        while at is not None and at not in self._lines:
            at = self.get_metadata(ParentNodeProvider, at, None)
        self.problems.append(Problem(self._lines[at] if at is not None else 1, reason))

    # Calls.

    def _method(self, call: cst.Call) -> tuple[str, Kind, str] | None:
        """What is called: the name of the object as written, what it is, and the method; None for others."""
        func = call.func
        if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Call):
            inner = self._method(func.value)
            if inner and inner[1:] == (Kind.RECORDER, "current_subsegment"):
                return HERE, Kind.OTHER, func.attr.value
            return None
        written = dotted(func)
        if not written:
            return None
        base, _, method = written.rpartition(".")
        if base and any(base in frame.variables for frame in self._frames):
            return base, Kind.OTHER, method
        return self.names.find(written)

    def visit_Call(self, node: cst.Call) -> None:
        found = self._method(node)
        if found is None:
            if isinstance(node.func, cst.Attribute) and node.func.attr.value in DISTINCTIVE:
                shown = dotted(node.func.value) or "its object"
                self.problem(node, f"what `{shown}` is, the file does not say: `{node.func.attr.value}` stays")
            return
        base, kind, method = found
        self._consume(node.func)
        if kind is Kind.OTHER:
            self._check_handle(node, base, method)

    def _check_handle(self, node: cst.Call, base: str, method: str) -> None:
        if base == HERE:
            return
        frame = self._frames[-1]
        if base not in frame.variables:
            self.problem(node, f"`{base}` holds a part of another function")
        elif frame.variables[base] != frame.depth and method in ("put_annotation", "put_metadata"):
            self.problem(node, f"`{base}` is not the innermost open part here, and `{method}` would go to that one")


def first_name(node: cst.CSTNode) -> cst.Name | None:
    """The name that a dotted expression starts with."""
    while isinstance(node, cst.Attribute | cst.Call):
        node = node.value if isinstance(node, cst.Attribute) else node.func
    return node if isinstance(node, cst.Name) else None


def yields(function: cst.FunctionDef) -> bool:
    """True for a generator."""
    finder = _Yielding()
    function.body.visit(finder)
    return finder.found


class _Yielding(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.found |= isinstance(node, cst.Yield)
        return not isinstance(node, cst.FunctionDef | cst.Lambda | cst.ClassDef)
