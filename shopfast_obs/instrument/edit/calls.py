"""Walks the statements of a module and replaces calls that log by other calls, knowing what was caught around them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence

import libcst as cst

from shopfast_obs.instrument.application.style import Style
from shopfast_obs.instrument.edit.layout import laid_out
from shopfast_obs.instrument.edit.messages import CodeContext
from shopfast_obs.instrument.edit.statements import Node, StatementRewriter


class CallRewriter(StatementRewriter):
    """Replaces `f(...)` statements by calls of the logger; `count` says how many, `left` how many were not clear. What
    runs only as a script is left alone. `style` is how the project writes its code."""

    def __init__(self, module: cst.Module, logger: str, json: Collection[str] = (), style: Style | None = None) -> None:
        super().__init__(module)
        self.logger = logger
        self.count = self.left = 0
        self._json, self._style = json, (style or Style()).of_file("")
        self._caught: list[list[str]] = [[]]  # names, per function

    @abstractmethod
    def rewritten(self, call: cst.Call) -> tuple[str, Sequence[cst.Arg]] | None:
        """The level and the arguments of the call to put in place of this statement's, or None to leave it."""

    @property
    def said(self) -> CodeContext:
        """The names of the exceptions caught around, and of JSON text."""
        return CodeContext(frozenset(self._caught[-1]), self._json, self._style.quote)

    def enters(self, node: cst.CSTNode) -> bool:
        """Leave `if __name__ == "__main__"` alone: nobody reads structured logs there."""
        if isinstance(node, cst.FunctionDef):
            self._caught.append([])  # it catches nothing of what its definition stands in
        elif isinstance(node, cst.ExceptHandler):
            name = node.name.name if node.name else None
            self._caught[-1].append(name.value if isinstance(name, cst.Name) else "")
        elif isinstance(node, cst.If) and isinstance(node.test, cst.Comparison):
            left = node.test.left
            return not (isinstance(left, cst.Name) and left.value == "__name__")
        return True

    def leave(self, old: cst.CSTNode, new: Node) -> Node:
        """What was caught there is out of reach again."""
        if isinstance(old, cst.FunctionDef):
            self._caught.pop()
        elif isinstance(old, cst.ExceptHandler):
            self._caught[-1].pop()
        return new

    def small(self, node: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
        """Replace a statement that is only a call."""
        old = node.value if isinstance(node, cst.Expr) else None
        new = self.rewritten(old) if isinstance(old, cst.Call) else None
        if new is None:
            return node
        assert isinstance(old, cst.Call)
        self.count += 1
        level, arguments = new
        called = old.with_changes(func=cst.Attribute(cst.Name(self.logger), cst.Name(level)))
        column = len("".join(self.depth).expandtabs())
        return node.with_changes(value=laid_out(called, old, arguments, column, self._style, self._indent))
