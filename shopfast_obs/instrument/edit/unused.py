"""Imports that nothing needs any more."""

from __future__ import annotations

import re

import libcst as cst

from shopfast_obs.instrument.edit.imports import module_of
from shopfast_obs.instrument.interface import ModuleContext


def without_unused_import(module: cst.Module, name: str, context: ModuleContext) -> cst.Module:
    """`import logging` (the name) goes when nothing else needs it, and so do names from there."""
    code = context.text_of(module)
    for index, statement in enumerate(module.body):
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            continue
        node = statement.body[0]
        if isinstance(node, cst.Import) and [alias.evaluated_name for alias in node.names] == [name]:
            return module if _used(code, name) else _without(module, index)
        if isinstance(node, cst.ImportFrom) and module_of(node) == name and not isinstance(node.names, cst.ImportStar):
            kept = [alias for alias in node.names if _used(code, alias.evaluated_alias or alias.evaluated_name)]
            if not kept:
                return _without(module, index)
            if len(kept) < len(node.names):
                kept[-1] = kept[-1].with_changes(comma=node.names[-1].comma)
                changed = statement.with_changes(body=[node.with_changes(names=kept)])
                return module.with_changes(body=[*module.body[:index], changed, *module.body[index + 1 :]])
    return module


def _used(code: str, name: str) -> bool:
    return len(re.findall(rf"\b{re.escape(name)}\b", code)) != 1


def _without(module: cst.Module, index: int) -> cst.Module:
    """The module without the import at the index, its blank lines kept where they still separate something."""
    rest = list(module.body[index + 1 :])
    if rest:
        own = list(rest[0].leading_lines)
        if index == 0 or not isinstance(rest[0], cst.SimpleStatementLine):
            kept = own
        else:
            kept = own or list(module.body[index].leading_lines)
        if index == 0:
            while kept and kept[0].comment is None:
                kept = kept[1:]
        rest[0] = rest[0].with_changes(leading_lines=kept)
    return module.with_changes(body=[*module.body[:index], *rest])
