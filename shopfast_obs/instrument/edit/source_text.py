"""A module's text: what no codemod has touched is taken from the source, to the letter; only the rest is printed."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import libcst as cst

from shopfast_obs.instrument.application import sources

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Printer:
    """Prints versions of one module, whose text and tree these are. Printing takes LibCST as long as parsing does."""

    def __init__(self, module: cst.Module, source: str, tree: ast.Module) -> None:
        self._module, self._source = module, source
        texts = [] if sources.is_lowered(tree) else _texts(module, source, tree)
        # With the node, so that its id stays its own.
        self._known: dict[int, tuple[cst.CSTNode, str]] = {
            id(node): (node, text) for node, text in zip(module.body, texts, strict=False)
        }

    def text(self, module: cst.Module) -> str:
        """The module's code."""
        parts = [module.code_for_node(line) for line in module.header]
        parts += [self._statement(module, statement) for statement in module.body]
        parts += [module.code_for_node(line) for line in module.footer]
        text = "".join(parts)
        if module.has_trailing_newline:
            return text or module.default_newline
        return text.removesuffix("\n").removesuffix("\r")

    def is_faithful(self, module: cst.Module) -> bool:
        """True when LibCST prints those statements of the source, which this version has no more, as they were."""
        kept = {id(statement) for statement in module.body}
        if not all(id(statement) in self._known for statement in self._module.body):
            return self._module.code == self._source
        return all(
            self._module.code_for_node(node) == self._known[id(node)][1]
            for node in self._module.body
            if id(node) not in kept
        )

    def _statement(self, module: cst.Module, statement: cst.CSTNode) -> str:
        found = self._known.get(id(statement))
        if found is None:
            found = self._known[id(statement)] = (statement, module.code_for_node(statement))
        return found[1]


def _texts(module: cst.Module, source: str, tree: ast.Module) -> list[str]:
    """The text of each statement at the top level, with the comments and blank lines before it; none where the two
    trees are not of the same lines."""
    lines = LINE.findall(source)
    if lines and not module.has_trailing_newline:
        lines[-1] += module.default_newline
    starts, at = [], 0
    for statement in module.body:
        if at >= len(tree.body):
            return []
        before = statement.leading_lines
        start = _first_line(tree.body[at]) - 1 - len(before)
        if not _are(before, lines[max(start, 0) : start + len(before)]):
            return []
        starts.append(start)
        at += len(statement.body) if isinstance(statement, cst.SimpleStatementLine) else 1
    end = len(lines) - len(module.footer)
    around = [*module.header, *module.footer]
    if at != len(tree.body) or not starts or not _are(around, lines[: starts[0]] + lines[end:]):
        return []
    return ["".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], end], strict=True)]


def _are(empty: Sequence[cst.EmptyLine], lines: Sequence[str]) -> bool:
    """True when the lines are these blank lines and comments."""
    return [line.comment.value if line.comment else "" for line in empty] == [line.strip() for line in lines]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
