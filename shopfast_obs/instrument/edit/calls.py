"""Walks the statements of a module and replaces calls that log by other calls, knowing what was caught around them."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

from abc import abstractmethod

import libcst as cst

from shopfast_obs.instrument.edit.imports import dotted


class CallRewriter(cst.CSTTransformer):
    """Replaces `f(...)` statements; `count` says how many. What runs only as a script is left alone."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self._caught: list[list[tuple[str, bool]]] = [[]]  # per function: (name, whether anything is caught)

    @abstractmethod
    def rewritten(self, call: cst.Call) -> cst.Call | None:
        """The call to put in place of this statement's, or None to leave it."""

    @property
    def in_except(self) -> bool:
        """True inside an `except` block of the function at hand."""
        return bool(self._caught[-1])

    @property
    def in_broad_except(self) -> bool:
        """True where the innermost `except` catches anything, so that nobody expected what it caught."""
        return self.in_except and self._caught[-1][-1][1]

    @property
    def errors(self) -> frozenset[str]:
        """The names of the exceptions caught around."""
        return frozenset(name for name, _ in self._caught[-1])

    def visit_If(self, node: cst.If) -> bool:
        """Leave `if __name__ == "__main__"` alone: nobody reads structured logs there."""
        test = node.test
        return not (
            isinstance(test, cst.Comparison) and isinstance(test.left, cst.Name) and test.left.value == "__name__"
        )

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """A function of its own catches nothing of what its definition stands in."""
        self._caught.append([])
        return True

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """Back to what is caught around the function."""
        self._caught.pop()
        return updated_node

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> bool:
        """Remember the name of the exception."""
        name = node.name.name if node.name else None
        broad = node.type is None or dotted(node.type) in ("Exception", "BaseException")
        self._caught[-1].append((name.value if isinstance(name, cst.Name) else "", broad))
        return True

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        """The exception is out of reach again."""
        self._caught[-1].pop()
        return updated_node

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.Expr:
        """Replace a statement that is only a call."""
        if isinstance(updated_node.value, cst.Call):
            call = self.rewritten(updated_node.value)
            if call is not None:
                self.count += 1
                return updated_node.with_changes(value=call)
        return updated_node
