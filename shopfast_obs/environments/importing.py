"""A library that a command seldom needs, imported from an environment of its own when it is first asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder

TYPE_CHECKING = False  # every command imports this module: nothing that takes time
if TYPE_CHECKING:
    from pathlib import Path

    from shopfast_obs.environments.interface import Say

SEEN = {"samtranslator": "sam"}  # module -> the kind of environment that has it


class EnvironmentFinder:
    """The last of the import system's finders: makes the environment of a module that no other finder has. What is in
    it comes from there from then on, because the project's versions of it may not fit."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._place: list[str] = []
        self._lent: frozenset[str] = frozenset()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """The module's place; None for a module that is none of ours. Raises UserError where it cannot be installed."""
        if name in SEEN and not self._place:
            from shopfast_obs.environments.interface import locked
            from shopfast_obs.environments.making import ready

            packages = ready(locked(SEEN[name]), self._say).packages
            self._place, self._lent = [str(packages)], _modules(packages)
            sys.meta_path.remove(self)
            sys.meta_path.insert(0, self)
        return PathFinder.find_spec(name, self._place) if name in self._lent else None


def _modules(packages: Path) -> frozenset[str]:
    from importlib.metadata import distributions

    files = (file for dist in distributions(path=[str(packages)]) for file in dist.files or ())
    return frozenset(file.parts[0].partition(".")[0] for file in files)


def lend(say: Say) -> None:
    """Let modules of SEEN be imported from now on, installed or not."""
    if not any(isinstance(finder, EnvironmentFinder) for finder in sys.meta_path):
        sys.meta_path.append(EnvironmentFinder(say))
