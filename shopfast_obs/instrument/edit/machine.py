"""Lines that are a machine's already: JSON that metric filters, subscriptions and queries read, embedded metrics among
it. What may be one is left to print itself."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import json
import re
from collections.abc import Collection
from contextlib import suppress

import libcst as cst

from shopfast_obs.instrument.edit.visits import visited
from shopfast_obs.instrument.interface import ModuleContext

# What makes JSON text; `.json()` gives a text in some libraries and a dict in others.
MAKERS = frozenset(
    {"dumps", "dump", "json", "model_dump_json", "to_json", "tojson", "as_json", "toJSON", "serialize", "json_dumps",
     "dump_json", "MessageToJson", "to_json_string", "dumps_str", "encode_json", "jsonify"}
)  # fmt: skip
KEY = re.compile(r"\{+\s*[\"']")  # an object that starts in the middle of a text


def is_object(text: str) -> bool:
    """True for a text (a value in it is a null character) that may be JSON, or has an object of JSON in it."""
    plain = text.strip()
    if plain.startswith("{") or (plain.startswith("[") and plain.endswith("]")) or KEY.search(plain):
        return True
    with suppress(ValueError):  # a lone number or word of JSON, which a formatter takes for a value
        json.loads(plain)
        return True
    return False


def json_names(module: cst.Module, context: ModuleContext) -> frozenset[str]:
    """Names that stand for JSON text somewhere in the module: variables of it, and functions that return it."""
    found: set[str] = set()
    while True:
        finding = _Names(found)
        visited(module, finding, context, MAKERS | found)
        if finding.names <= found:
            return frozenset(found)
        found |= finding.names


def makes_json(node: cst.CSTNode, names: Collection[str]) -> bool:
    """True when JSON text may come out of the expression."""
    finding = _Makes(names)
    node.visit(finding)
    return finding.found


class _Makes(cst.CSTVisitor):
    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self.found = False
        self._names = names

    def visit_Call(self, node: cst.Call) -> bool:
        called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        self.found |= isinstance(called, cst.Name) and called.value in MAKERS
        return not self.found

    def visit_Name(self, node: cst.Name) -> None:
        self.found |= node.value in self._names

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False


class _Names(cst.CSTVisitor):
    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._known = known
        self._functions: list[str] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._functions.append(node.name.value)

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self._functions.pop()

    def visit_Return(self, node: cst.Return) -> None:
        if self._functions and node.value is not None and self._is_text(node.value):
            self.names.add(self._functions[-1])

    def visit_Assign(self, node: cst.Assign) -> None:
        if self._is_text(node.value):
            self.names |= {t.target.value for t in node.targets if isinstance(t.target, cst.Name)}

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if node.value is not None and isinstance(node.target, cst.Name) and self._is_text(node.value):
            self.names.add(node.target.value)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        if isinstance(node.target, cst.Name) and self._is_text(node.value):
            self.names.add(node.target.value)

    def _is_text(self, node: cst.BaseExpression) -> bool:
        """A call that makes JSON, or a name of one; a dict around JSON is no text."""
        if isinstance(node, cst.Name):
            return node.value in self._known
        if isinstance(node, cst.BinaryOperation):
            return self._is_text(node.left) or self._is_text(node.right)
        if not isinstance(node, cst.Call):
            return isinstance(node, cst.FormattedString) and makes_json(node, self._known)
        called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        if isinstance(called, cst.Name) and called.value in MAKERS | set(self._known):
            return True
        return isinstance(node.func, cst.Attribute) and self._is_text(node.func.value)  # `dumps(x).strip()`
