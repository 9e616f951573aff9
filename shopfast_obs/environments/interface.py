"""What an environment is, and which there are."""

from __future__ import annotations

import hashlib
import re
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LOCKS = Path(__file__).parent
# name -> what is made, as a sentence begins with it
KINDS: Mapping[str, str] = {
    "cloud": "the environment of the local cloud",
    "runtime": "the SDK of Lambda's Python runtimes",
    "sam": "AWS's translator of SAM templates",
}
LOCKED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([A-Za-z0-9._+!-]+)")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Requirements:
    """What is installed: one of KINDS, its lines, and whether they are a whole lock with hashes."""

    name: str
    text: str
    locked: bool = True

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """The version of each package that is named."""
        return {name.lower(): version for name, version in LOCKED.findall(self.text)}

    @property
    def key(self) -> str:
        """The name of the folder: another lock, Python or platform has another."""
        around = f"{sys.implementation.cache_tag} {sysconfig.get_platform()}"
        digest = hashlib.sha256(f"{around}\n{self.text}".encode()).hexdigest()
        return f"{self.name}-{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment in its folder."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self._place("scripts") / ("python.exe" if sys.platform == "win32" else "python")

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        return self._place("purelib")

    @property
    def ready(self) -> bool:
        """True when it is whole and its interpreter is still there."""
        return self.python.exists()

    def _place(self, kind: str) -> Path:
        base = str(self.folder)
        return Path(sysconfig.get_path(kind, "venv", vars={"base": base, "platbase": base}))


def locked(name: str) -> Requirements:
    """The lock of one of KINDS, which ships with this package."""
    return Requirements(name, (LOCKS / f"{name}.lock").read_text(encoding="ascii"))
