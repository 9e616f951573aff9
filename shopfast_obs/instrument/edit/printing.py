"""A module's text, statement by statement: what no codemod has touched is printed once."""

from __future__ import annotations

import libcst as cst


class Printer:
    """Prints versions of one module. Printing takes LibCST a third of the time of parsing."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[cst.CSTNode, str]] = {}  # the node as well, so that its id stays its own

    def text(self, module: cst.Module) -> str:
        """The module's code."""
        parts = [module.code_for_node(line) for line in module.header]
        parts += [self._statement(module, statement) for statement in module.body]
        parts += [module.code_for_node(line) for line in module.footer]
        text = "".join(parts)
        if module.has_trailing_newline:
            return text or module.default_newline
        return text.removesuffix("\n").removesuffix("\r")

    def _statement(self, module: cst.Module, statement: cst.CSTNode) -> str:
        found = self._known.get(id(statement))
        if found is None:
            found = self._known[id(statement)] = (statement, module.code_for_node(statement))
        return found[1]
