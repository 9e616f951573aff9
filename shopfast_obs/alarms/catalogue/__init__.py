"""The catalogue: every module of this folder holds one KIND."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from shopfast_obs.alarms.interface import AlarmKind

# Kinds that are made where somebody names them: their queries are billed by what they scan.
ASKED_FOR = frozenset({"logged-errors"})


@cache
def kinds() -> tuple[AlarmKind, ...]:
    """Every kind, by id; two modules with the same id are a defect."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    found = sorted((module.KIND for module in modules), key=lambda kind: kind.id)
    ids = [kind.id for kind in found]
    if len(set(ids)) != len(ids):
        raise ValueError(f"two alarm kinds have the same id: {ids}")
    return tuple(found)
