"""A walk over the statements of a module, down to the innermost blocks. LibCST's own visitors go through each word and
bracket of each expression, which takes them longer than reading the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import libcst as cst

Node = TypeVar("Node", bound=cst.CSTNode)
BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")  # in the order of their lines


class StatementRewriter:
    """Rewrites statements; what a subclass gives back for a node takes its place. `depth` has the indentation of each
    block around."""

    def __init__(self, module: cst.Module) -> None:
        self.depth: list[str] = []
        self._indent = module.default_indent

    def rewrite(self, module: cst.Module) -> cst.Module:
        """The module with its statements rewritten; the same object where none is."""
        body = [self._statement(statement) for statement in module.body]
        same = all(new is old for new, old in zip(body, module.body, strict=True))
        return module if same else module.with_changes(body=body)

    def small(self, node: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
        """What becomes of a simple statement."""
        return node

    def enters(self, node: cst.CSTNode) -> bool:
        """False for a compound statement, or a clause of one, that stays as it is. Each one is left again."""
        return True

    def leave(self, old: cst.CSTNode, new: Node) -> Node:
        """What becomes of a compound statement or clause whose blocks were rewritten."""
        return new

    def _statement(self, node: Node) -> Node:
        if isinstance(node, cst.SimpleStatementLine):
            return self._line(node)
        return self.leave(node, self._compound(node) if self.enters(node) else node)

    def _compound(self, node: Node) -> Node:
        changes: dict[str, Any] = {}
        for name in BLOCKS:
            old = getattr(node, name, None)
            if isinstance(old, cst.CSTNode):
                new: Any = self._block(old) if isinstance(old, cst.BaseSuite) else self._statement(old)
                if new is not old:
                    changes[name] = new
            elif old:
                new = [self._statement(clause) for clause in old]
                if any(a is not b for a, b in zip(new, old, strict=True)):
                    changes[name] = new
        return node.with_changes(**changes) if changes else node

    def _block(self, node: cst.BaseSuite) -> cst.BaseSuite:
        if not isinstance(node, cst.IndentedBlock):
            return self._line(node)
        self.depth.append(self._indent if node.indent is None else node.indent)
        body = [self._statement(statement) for statement in node.body]
        self.depth.pop()
        same = all(new is old for new, old in zip(body, node.body, strict=True))
        return node if same else node.with_changes(body=body)

    def _line(self, node: Node) -> Node:
        """A line of simple statements, or those behind a colon."""
        old: Sequence[cst.BaseSmallStatement] = getattr(node, "body", ())
        body = [self.small(each) for each in old]
        same = all(new is old for new, old in zip(body, old, strict=True))
        return node if same else node.with_changes(body=body)
