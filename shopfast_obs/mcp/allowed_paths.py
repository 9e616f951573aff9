"""Which files an agent may name: those below the folders that the server was started with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.errors import UserError


@dataclass(frozen=True, slots=True)
class Places:
    """The folders that may be read, real paths, the first being where commands run; and where recordings are kept."""

    roots: tuple[Path, ...]
    evidence: Path | None = None

    @property
    def project(self) -> Path:
        """Where commands run."""
        return self.roots[0]

    def file(self, said: str) -> str:
        """The real path of what `said` names, relative to the project; raises UserError where it is not below a root or
        among the recordings, or is neither a file nor a folder."""
        allowed = (*self.roots, *((self.evidence,) if self.evidence else ()))
        for root in allowed:
            found = confine.within(root, self.project, said)
            if isinstance(found, Path):
                return str(found)
        named = ", ".join(str(root) for root in allowed)
        raise UserError(
            f"{said[:200]!r} is not below the folders that this server may read: {named}.",
            "Name a file there; whoever starts the server adds folders with --root.",
        )

    def files(self, said: Sequence[str]) -> list[str]:
        """The real path of each; for a folder also all that is linked in it must lead to where the server may read."""
        found = [self.file(one) for one in said]
        for folder in (Path(one) for one in found):
            for link in _links(folder):
                self.file(str(link))
        return found

    def side(self, said: str) -> str:
        """A side of a comparison: a file below the roots, else a window of time or a trace id as it stands."""
        there = os.path.lexists(self.project / said) if said.isprintable() and len(said) < 1000 else True
        return self.file(said) if there or os.sep in said else said


def _links(folder: Path) -> list[Path]:
    """The links to files below a folder; links to folders are not followed by who reads it."""
    if not folder.is_dir():
        return []
    walked = ((here, names) for here, _, names in os.walk(folder))
    return [path for here, names in walked for name in names if (path := Path(here, name)).is_symlink()]


def made(roots: Sequence[Path], evidence: Path | None) -> Places:
    """The places; raises UserError for a root that is no folder, and for recordings inside of a root, into which the
    server writes nothing."""
    for root in roots:
        if not root.is_dir():
            raise UserError(f"{root} is no folder.", "Name the project's folder: --root DIR")
    real = tuple(root.resolve() for root in roots)
    kept = evidence.resolve() if evidence else None
    for root in real:
        if kept is not None and kept.is_relative_to(root):
            raise UserError(
                f"{kept} is inside of {root}, into which the server writes nothing.",
                "Keep recordings elsewhere: --evidence ~/.cache/shopfast-obs/evidence",
            )
    return Places(real, kept)
