"""Lines that are a machine's already: JSON that metric filters, subscriptions and queries read, embedded metrics among
it. What may be one is left to print itself."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress

import libcst as cst

from shopfast_obs.instrument.application import sources
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
    values = list(_named(context.tree or sources.parse(module.code)))
    found: set[str] = set()
    while new := {name for name, value in values if name not in found and _is_text(value, found)}:
        found |= new
    return frozenset(found)


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names with the values that they are given; functions with those that they return."""
    for node in sources.nodes(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None:
                yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ((node.name, value) for value in _returned(node))


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            if node.value is not None:
                yield node.value
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
            waiting += ast.iter_child_nodes(node)


def _is_text(node: ast.expr, names: Collection[str]) -> bool:
    """A call that makes JSON, or a name of one; a dict around JSON is no text."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.BinOp):
        return _is_text(node.left, names) or _is_text(node.right, names)
    if isinstance(node, ast.JoinedStr):
        return any(
            (isinstance(part, ast.Name) and part.id in names)
            or (isinstance(part, ast.Call) and _called(part) in MAKERS)
            for part in ast.walk(node)
        )
    if not isinstance(node, ast.Call):
        return False
    if (called := _called(node)) in MAKERS or called in names:
        return True
    return isinstance(node.func, ast.Attribute) and _is_text(node.func.value, names)  # `dumps(x).strip()`


def _called(node: ast.Call) -> str:
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


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
