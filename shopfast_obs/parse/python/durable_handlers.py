"""Which functions of a Python source are durable handlers, by their decorator."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shopfast_obs.parse.python.nodes import nodes

NEEDLE = "durable_execution"
DECORATOR = "durable_execution"


def handlers(tree: ast.Module) -> tuple[str, ...]:
    """The names that are durable handlers: decorated by `durable_execution` in any spelling, or assigned from it."""
    known = _known_as(tree)
    found: list[str] = []
    for node in _top(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(_is_decorator(each, known) for each in node.decorator_list):
                found.append(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _is_decorator(node.value, known):
            found += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return tuple(dict.fromkeys(found))


def _known_as(tree: ast.Module) -> frozenset[str]:
    """The names that the decorator has in the module: its own one, also through a module of the application, and those
    it is imported as."""
    aliases = {
        alias.asname
        for node in nodes(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == DECORATOR and alias.asname
    }
    return frozenset(aliases | {DECORATOR})


def _is_decorator(node: ast.expr, known: frozenset[str]) -> bool:
    """`durable_execution`, `sdk.durable_execution`, `durable_execution(plugins=...)` and that called on a function."""
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr == DECORATOR
    return isinstance(node, ast.Name) and node.id in known


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            for block in (node.body, getattr(node, "orelse", []), getattr(node, "finalbody", [])):
                yield from _top(block)
