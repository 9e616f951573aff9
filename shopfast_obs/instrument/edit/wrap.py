"""Handlers decorated by a method of a Powertools object."""

from __future__ import annotations

import libcst as cst

from shopfast_obs.instrument.edit.handlers import decorate, decorated
from shopfast_obs.instrument.edit.objects import ensure_object
from shopfast_obs.instrument.interface import Kind, ModuleContext


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
