"""Walks the statements of a module and replaces calls that log by other calls, knowing what was caught around them."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence

import libcst as cst

from shopfast_obs.instrument.edit.layout import laid_out
from shopfast_obs.instrument.edit.messages import Said


class CallRewriter(cst.CSTTransformer):
    """Replaces `f(...)` statements by calls of the logger; `count` says how many, `left` how many were not clear. What
    runs only as a script is left alone. `limit` is the length of the project's lines."""

    def __init__(self, module: cst.Module, logger: str, json: Collection[str] = (), limit: int = 0) -> None:
        super().__init__()
        self.logger = logger
        self.count = self.left = 0
        self._json, self._limit, self._indent = json, limit, module.default_indent
        self._caught: list[list[str]] = [[]]  # names, per function
        self._depth: list[str] = []

    @abstractmethod
    def rewritten(self, call: cst.Call) -> tuple[str, Sequence[cst.Arg]] | None:
        """The level and the arguments of the call to put in place of this statement's, or None to leave it."""

    @property
    def said(self) -> Said:
        """The names of the exceptions caught around, and of JSON text."""
        return Said(frozenset(self._caught[-1]), self._json)

    def visit_If(self, node: cst.If) -> bool:
        """Leave `if __name__ == "__main__"` alone: nobody reads structured logs there."""
        test = node.test
        return not (
            isinstance(test, cst.Comparison) and isinstance(test.left, cst.Name) and test.left.value == "__name__"
        )

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> bool:
        """One step to the right."""
        self._depth.append(self._indent if node.indent is None else node.indent)
        return True

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:
        """And back."""
        self._depth.pop()
        return updated_node

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
        self._caught[-1].append(name.value if isinstance(name, cst.Name) else "")
        return True

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        """The exception is out of reach again."""
        self._caught[-1].pop()
        return updated_node

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.Expr:
        """Replace a statement that is only a call."""
        old = updated_node.value
        new = self.rewritten(old) if isinstance(old, cst.Call) else None
        if new is None:
            return updated_node
        assert isinstance(old, cst.Call)
        self.count += 1
        level, arguments = new
        called = old.with_changes(func=cst.Attribute(cst.Name(self.logger), cst.Name(level)))
        return updated_node.with_changes(
            value=laid_out(called, old, arguments, len("".join(self._depth).expandtabs()), self._limit, self._indent)
        )
