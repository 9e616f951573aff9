"""Visits to the statements of a module that may have what is looked for: LibCST needs much longer for a visit than
Python's own tree for a look."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

import libcst as cst

from shopfast_obs.instrument.interface import ModuleContext


def parts_of(module: cst.Module, tree: ast.Module) -> Mapping[int, frozenset[str]]:
    """The words of each statement at the top level, by the id of its node."""
    found: dict[int, frozenset[str]] = {}
    at = 0
    for statement in module.body:
        count = len(statement.body) if isinstance(statement, cst.SimpleStatementLine) else 1
        nodes = tree.body[at : at + count]
        at += count
        found[id(statement)] = frozenset(word for node in nodes for word in _words(node))
    return found if at == len(tree.body) else {}


def visited(
    module: cst.Module, visitor: cst.CSTVisitorT, context: ModuleContext | None, words: Collection[str]
) -> cst.Module:
    """The module after a visit to its statements that have one of the words, and to those that codemods have made."""
    parts = context.parts if context is not None else {}
    body = [
        statement
        if (known := parts.get(id(statement))) is not None and known.isdisjoint(words)
        else statement.visit(visitor)
        for statement in module.body
    ]
    same = all(new is old for new, old in zip(body, module.body, strict=True))
    return module if same else module.with_changes(body=body)


def _words(root: ast.stmt) -> list[str]:
    """Names and attributes that are read; `except` for a handler of exceptions."""
    words = []
    for node in ast.walk(root):
        if isinstance(node, ast.Name):
            words.append(node.id)
        elif isinstance(node, ast.Attribute):
            words.append(node.attr)
        elif isinstance(node, ast.ExceptHandler):
            words.append("except")
    return words
