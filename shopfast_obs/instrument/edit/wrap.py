"""Handlers decorated by a method of a Powertools object, or by a function of the layer."""

from __future__ import annotations

import libcst as cst

from shopfast_obs.instrument.edit.handlers import decorate, decorated
from shopfast_obs.instrument.edit.imports import add_import, bound_names, imported_as
from shopfast_obs.instrument.edit.objects import ensure_object
from shopfast_obs.instrument.interface import Kind, ModuleContext
from shopfast_obs.model.changes import Skipped


def wrap(module: cst.Module, context: ModuleContext, kind: Kind, method: str, arguments: str = "") -> cst.Module:
    """The module with `@kind.method(arguments)` on every handler that has no such decorator."""
    methods = frozenset({method})
    missing = [name for name in context.handlers if not decorated(module, name, methods)]
    if not missing:
        return module
    module, name = ensure_object(module, kind, context)
    for handler in missing:
        module = decorate(module, handler, f"{name}.{method}{arguments}", methods)
    return module


def wrap_by_name(
    module: cst.Module, context: ModuleContext, codemod: str, name: str, source: str
) -> cst.Module | Skipped:
    """The module with `@name`, imported from `source`, on every handler that has no such decorator; Skipped for the
    codemod where the name is taken."""
    known = imported_as(module, name, source)
    methods = frozenset({known or name})
    missing = [handler for handler in context.handlers if not decorated(module, handler, methods)]
    if not missing:
        return module
    if not known:
        if name in bound_names(module, context):
            return Skipped(codemod, f"the name {name} already means something else")
        module = add_import(module, source, name, name, context)
    for handler in missing:
        module = decorate(module, handler, known or name, methods)
    return module
