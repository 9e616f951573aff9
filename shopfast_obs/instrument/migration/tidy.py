"""What nothing needs any more, out of a module that was moved."""

# ruff: noqa: N802, D102 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import libcst as cst

from shopfast_obs.instrument.edit.imports import dotted, module_of
from shopfast_obs.instrument.migration.calls import TRACE, Placed

Body = Sequence[cst.BaseStatement]


def uses(node: cst.CSTNode) -> Mapping[str, int]:
    """How often each name stands in the tree."""
    placed = Placed()
    node.visit(placed)
    return placed.names


class Variables(cst.CSTTransformer):
    """Takes away variables that held a part and are not read: of `with ... as name`, and of the current span."""

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        found = uses(updated_node)
        new = updated_node.visit(_Unread({name for name, count in found.items() if count == 1}))
        return cst.ensure_type(new, cst.FunctionDef)


class _Unread(cst.CSTTransformer):
    def __init__(self, once: Collection[str]) -> None:
        super().__init__()
        self._once = once

    def leave_WithItem(self, original_node: cst.WithItem, updated_node: cst.WithItem) -> cst.WithItem:
        item, name = updated_node.item, updated_node.asname.name if updated_node.asname else None
        ours = isinstance(item, cst.Call) and dotted(item.func).endswith(".start_as_current_span")
        if ours and isinstance(name, cst.Name) and name.value in self._once:
            return updated_node.with_changes(asname=None)
        return updated_node

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        node = updated_node.body[0] if len(updated_node.body) == 1 else None
        if isinstance(node, cst.Assign) and isinstance(node.value, cst.Call):
            target = node.targets[0].target
            current = dotted(node.value.func) == f"{TRACE}.get_current_span"
            if current and isinstance(target, cst.Name) and target.value in self._once:
                return updated_node.with_changes(body=[])
        return updated_node


class Imports(cst.CSTTransformer):
    """Takes names out of imports, wherever those stand; `gone` says where each is from, by its local name."""

    def __init__(self, gone: Mapping[str, str]) -> None:
        super().__init__()
        self._gone = gone

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        body = [each for node in updated_node.body if (each := self._import(node)) is not None]
        same = len(body) == len(updated_node.body) and all(a is b for a, b in zip(body, updated_node.body, strict=True))
        return updated_node if same else updated_node.with_changes(body=body)

    def _import(self, node: cst.BaseSmallStatement) -> cst.BaseSmallStatement | None:
        if not isinstance(node, cst.Import | cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
            return node
        source = module_of(node) if isinstance(node, cst.ImportFrom) else ""
        kept = [alias for alias in node.names if not self._is_gone(alias, source)]
        if len(kept) == len(node.names):
            return node
        if not kept:
            return None
        kept[-1] = kept[-1].with_changes(comma=node.names[-1].comma)
        new = node.with_changes(names=kept)
        return _in_one_line(new) if isinstance(new, cst.ImportFrom) else new

    def _is_gone(self, alias: cst.ImportAlias, source: str) -> bool:
        path = self._gone.get(alias.evaluated_alias or alias.evaluated_name.split(".")[0])
        between = "" if not source or source.endswith(".") else "."
        return path is not None and (not source or path == f"{source}{between}{alias.evaluated_name}")


def _in_one_line(node: cst.ImportFrom) -> cst.ImportFrom:
    """An import of one name without the brackets that several needed."""
    if isinstance(node.names, cst.ImportStar) or len(node.names) > 1 or node.lpar is None:
        return node
    if "#" in cst.Module([]).code_for_node(node):
        return node
    only = node.names[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return node.with_changes(names=[only], lpar=None, rpar=None)


class Objects(cst.CSTTransformer):
    """Takes away the objects of these names that the module makes at its top."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self._names = names

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        node = updated_node.body[0] if len(updated_node.body) == 1 else None
        target = node.targets[0].target if isinstance(node, cst.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        made = isinstance(value, cst.Call) and dotted(value.func) == f"{TRACE}.get_tracer"
        return updated_node.with_changes(body=[]) if made and dotted(target) in self._names else updated_node


class Lines(cst.CSTTransformer):
    """Takes emptied lines out of their blocks; what separated them from others still does."""

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:
        body = _tidied(updated_node.body)
        if body is None:
            return updated_node
        return updated_node.with_changes(body=body or [cst.SimpleStatementLine([cst.Pass()])])

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        body = _tidied(updated_node.body)
        return updated_node if body is None else updated_node.with_changes(body=body)


def _tidied(body: Body) -> list[Any] | None:
    if not any(_is_empty(each) for each in body):
        return None
    kept: list[Any] = []
    before: list[cst.EmptyLine] = []  # what stood before lines that went
    for statement in body:
        lines = list(getattr(statement, "leading_lines", ()))
        if _is_empty(statement):
            before = before or _apart(lines)
            continue
        if before:
            lines = before + (lines[1:] if lines and lines[0].comment is None else lines)
        if not kept:
            while lines and lines[0].comment is None:
                lines.pop(0)
        kept.append(statement.with_changes(leading_lines=lines) if hasattr(statement, "leading_lines") else statement)
        before = []
    return kept


def _apart(lines: list[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """The lines before a statement without the comment that belongs to it."""
    end = len(lines)
    while end and lines[end - 1].comment is not None:
        end -= 1
    return lines[:end]


def _is_empty(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and not statement.body
