"""`except` blocks that catch anything and tell nobody."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import libcst as cst

from shopfast_obs.instrument.edit.imports import dotted

BROAD = frozenset({"Exception", "BaseException"})
TELLING = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print_exc", "format_exc",
     "exc_info", "capture_exception", "add_exception", "exit", "fail"}
)  # fmt: skip


class SwallowedLogger(cst.CSTTransformer):
    """Puts a warning into those blocks; `count` says how many."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self.count = 0
        self._logger = logger
        self._functions: list[str] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """What is caught in it is told under its name."""
        self._functions.append(node.name.value)
        return True

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """Back to the function around it."""
        self._functions.pop()
        return updated_node

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        """Add the warning; a lone `pass` has done its duty then."""
        body = updated_node.body
        if not self._functions or not isinstance(body, cst.IndentedBlock) or not _is_swallowed(original_node):
            return updated_node
        self.count += 1
        text = f'{self._logger}.warning("{self._functions[-1]} goes on after an exception", exc_info=True)'
        line = cst.SimpleStatementLine([cst.Expr(cst.parse_expression(text))])
        rest = list(body.body)
        if len(rest) == 1 and _is_pass(rest[0]):
            return updated_node.with_changes(body=body.with_changes(body=[_in_place_of(rest[0], line)]))
        return updated_node.with_changes(body=body.with_changes(body=[line, *rest]))


def _is_swallowed(node: cst.ExceptHandler) -> bool:
    if node.type is not None and dotted(node.type) not in BROAD:
        return False
    name = node.name.name.value if node.name and isinstance(node.name.name, cst.Name) else ""
    heard = _Heard(name)
    node.body.visit(heard)
    return not heard.found


class _Heard(cst.CSTVisitor):
    """Finds what raises again, tells somebody, or does something with the exception."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.found = False
        self._name = name

    def visit_Raise(self, node: cst.Raise) -> None:
        """It goes on."""
        self.found = True

    def visit_Name(self, node: cst.Name) -> None:
        """It is used."""
        self.found |= bool(self._name) and node.value == self._name

    def visit_Call(self, node: cst.Call) -> None:
        """It is told."""
        called = node.func.attr.value if isinstance(node.func, cst.Attribute) else dotted(node.func)
        self.found |= called in TELLING


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
