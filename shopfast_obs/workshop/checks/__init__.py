"""The primitives that exercises are judged by: every module of this folder holds one CHECK."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from shopfast_obs.workshop.interface import Check


@cache
def primitives() -> Mapping[str, Check]:
    """Every primitive by its kind; two with the same kind are a defect."""
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    found = {module.CHECK.kind: module.CHECK for module in modules}
    if len(found) != len(modules):
        raise ValueError("two check primitives have the same kind")
    return found
