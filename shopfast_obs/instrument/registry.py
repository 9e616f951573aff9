"""The codemods, picked up from their folder."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Collection, Mapping
from functools import cache

from shopfast_obs.errors import UserError
from shopfast_obs.instrument import codemods as folder
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.selection import Selection, chosen
from shopfast_obs.model.overlay import Tracing

# How far a run goes. What a profile adds to the one before, an application's own tests can notice.
_DECORATORS = frozenset({"logger", "tracer", "metrics", "runtime", "business"})
_LOGS = _DECORATORS | {"logging", "swallowed", "prints"}
PROFILES: Mapping[str, frozenset[str]] = {"decorators": _DECORATORS, "logs": _LOGS, "all": _LOGS | {"clients"}}
DEFAULT = "decorators"  # without a proof by the application's tests: it changes no line and no name that is there


@cache
def all_codemods() -> tuple[Codemod, ...]:
    """Every codemod in the order of a run; a duplicate id is an error, but for those of different ways of tracing."""
    found: dict[tuple[str, str | None], Codemod] = {}
    for info in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        module = importlib.import_module(info.name)
        for _, member in inspect.getmembers(module, inspect.isclass):
            if issubclass(member, Codemod) and member.__module__ == info.name and not inspect.isabstract(member):
                if (member.id, member.tracing) in found:
                    raise ValueError(f"two codemods are called {member.id}")
                found[member.id, member.tracing] = member()
    return tuple(sorted(found.values(), key=lambda codemod: codemod.rank))


def selected(
    only: Collection[str] = (), skip: Collection[str] = (), profile: str = "all", tracing: Tracing | None = None
) -> Selection:
    """The codemods that remain after `--only`, else of the profile, and after `--skip`, for the way of tracing; raises
    UserError for a name that there is not."""
    if profile not in PROFILES:
        raise UserError(f"There is no profile {profile!r}.", f"The profiles are {', '.join(PROFILES)}.")
    known = {codemod.id for codemod in all_codemods()}
    for name in (*only, *skip):
        if name not in known:
            raise UserError(f"There is no codemod {name!r}.", f"The codemods are {', '.join(sorted(known))}.")
    return chosen(
        [c for c in all_codemods() if c.id in (only or PROFILES[profile]) and c.id not in skip], tracing=tracing
    )
