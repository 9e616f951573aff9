"""`except` blocks that catch anything and tell nobody."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import libcst as cst

from shopfast_obs.instrument.application.style import Style
from shopfast_obs.instrument.edit.layout import fitted
from shopfast_obs.instrument.edit.statements import BLOCKS, Node, StatementRewriter

BROAD = frozenset({"Exception", "BaseException"})
TELLING = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print_exc", "format_exc",
     "exc_info", "capture_exception", "add_exception", "exit", "fail"}
)  # fmt: skip


def swallowed(tree: ast.Module) -> list[bool]:
    """Of each `except` block, in the order of their lines: whether it catches anything, and tells nobody."""
    return [_is_swallowed(node) for node in _handlers(tree.body)]


def _handlers(body: Sequence[ast.AST]) -> Iterator[ast.ExceptHandler]:
    for node in body:
        if isinstance(node, ast.ExceptHandler):
            yield node
        for name in BLOCKS:
            yield from _handlers(getattr(node, name, ()))


class SwallowedLogger(StatementRewriter):
    """Puts a warning into those blocks; `count` says how many."""

    def __init__(self, module: cst.Module, logger: str, found: Sequence[bool], style: Style) -> None:
        super().__init__(module)
        self.count = 0
        self._logger, self._found, self._style = logger, list(reversed(found)), style
        self._functions: list[str] = []
        self._told: list[bool] = []

    def enters(self, node: cst.CSTNode) -> bool:
        """What is caught in a function is told under its name."""
        if isinstance(node, cst.FunctionDef):
            self._functions.append(node.name.value)
        elif isinstance(node, cst.ExceptHandler | cst.ExceptStarHandler):
            self._told.append(self._found.pop())
        return True

    def leave(self, old: cst.CSTNode, new: Node) -> Node:
        """Add the warning; a lone `pass` has done its duty then."""
        if isinstance(old, cst.FunctionDef):
            self._functions.pop()
        if not isinstance(old, cst.ExceptHandler | cst.ExceptStarHandler):
            return new
        body = getattr(new, "body", None)
        swallowed = self._told.pop() and isinstance(old, cst.ExceptHandler)
        if not swallowed or not self._functions or not isinstance(body, cst.IndentedBlock):
            return new
        self.count += 1
        message = f"{self._style.quote}{self._functions[-1]} goes on after an exception{self._style.quote}"
        text = f"{self._logger}.warning({message}, exc_info=True)"
        call = cst.ensure_type(cst.parse_expression(text), cst.Call)
        column = len("".join([*self.depth, self._indent if body.indent is None else body.indent]).expandtabs())
        call = fitted(call, column, self._style.limit, self._indent, left=column)
        line = cst.SimpleStatementLine([cst.Expr(call)])
        rest = list(body.body)
        if len(rest) == 1 and _is_pass(rest[0]):
            return new.with_changes(body=body.with_changes(body=[_in_place_of(rest[0], line)]))
        return new.with_changes(body=body.with_changes(body=[line, *rest]))


def _is_swallowed(node: ast.ExceptHandler) -> bool:
    caught = node.type
    if caught is not None and not (isinstance(caught, ast.Name) and caught.id in BROAD):
        return False
    return not any(_tells(inner, node.name) for statement in node.body for inner in ast.walk(statement))


def _tells(node: ast.AST, name: str | None) -> bool:
    """True for what raises again, tells somebody, or does something with the exception."""
    if isinstance(node, ast.Call):
        called = node.func
        last = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        return last in TELLING
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Name) and node.id == name)


def _is_pass(statement: cst.BaseStatement) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and len(statement.body) == 1
        and isinstance(statement.body[0], cst.Pass)
    )


def _in_place_of(old: cst.BaseStatement, line: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    """The line with the comments of the one that it replaces."""
    assert isinstance(old, cst.SimpleStatementLine)
    return line.with_changes(leading_lines=old.leading_lines, trailing_whitespace=old.trailing_whitespace)
