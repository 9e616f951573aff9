"""Coroutine functions at the top of modules, under all names that handlers may have."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from shopfast_obs.model.sources import Coroutine
from shopfast_obs.parse.python.possible_values import last_name

MOST_STEPS = 5  # from a name to its function
# Decorators of Powertools and of the runtime layer: what they make of a coroutine function still gives a coroutine.
TRANSPARENT = frozenset({"inject_lambda_context", "capture_lambda_handler", "log_metrics", "observed"})
_Bindings = Mapping[str, Sequence[ast.AST]]


def coroutines(modules: Mapping[str, ast.Module]) -> Iterator[Coroutine]:
    """Each name that a module (by path) binds to an `async def` and to nothing else. One with a decorator that is not
    known is left out: it may be what awaits it."""
    bound = {path: _bindings(tree) for path, tree in modules.items()}
    for path, names in bound.items():
        for name in names:
            if found := _function(bound, path, name):
                yield Coroutine(path, name, *found)


def _bindings(tree: ast.Module) -> _Bindings:
    """What each name of the module is bound to, in any order."""
    found: defaultdict[str, list[ast.AST]] = defaultdict(list)
    for node in _statements(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name].append(node)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name].append(
                    ast.ImportFrom(module=node.module, names=[alias], level=node.level)
                )
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                found[_name(target)].append(node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            found[_name(node.target)].append(node.value)
    return found


def _name(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements outside of functions and classes, also those under a condition."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            handlers = [handler.body for handler in getattr(node, "handlers", [])]
            for block in (node.body, getattr(node, "orelse", []), *handlers, getattr(node, "finalbody", [])):
                yield from _statements(block)


def _function(bound: Mapping[str, _Bindings], path: str, name: str, steps: int = 0) -> tuple[str, int] | None:
    """Path and line of the `async def` behind a name, where nothing else is bound to it."""
    nodes = bound[path].get(name, ())
    node = nodes[0] if len(nodes) == 1 and steps < MOST_STEPS else None
    if isinstance(node, ast.AsyncFunctionDef):
        names = {last_name(mark.func if isinstance(mark, ast.Call) else mark) for mark in node.decorator_list}
        return (path, node.lineno) if names <= TRANSPARENT else None
    if isinstance(node, ast.Name):
        return _function(bound, path, node.id, steps + 1)
    if isinstance(node, ast.ImportFrom):
        other = _file(bound, path, node)
        return _function(bound, other, node.names[0].name, steps + 1) if other else None
    return None


def _file(paths: Mapping[str, object], importer: str, node: ast.ImportFrom) -> str:
    """The path of the module that an import names; empty when it is none of these."""
    tail = (node.module or "").replace(".", "/")
    if node.level:
        folder = "/".join(importer.split("/")[: -node.level])
        wanted = "/".join(part for part in (folder, tail) if part)
        return next((path for path in (f"{wanted}.py", f"{wanted}/__init__.py") if path in paths), "")
    ends = (f"/{tail}.py", f"/{tail}/__init__.py")
    found = [path for path in paths if f"/{path}".endswith(ends)]
    return found[0] if len(found) == 1 else ""
