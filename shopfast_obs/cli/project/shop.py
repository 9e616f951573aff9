"""The workshop's application in a folder of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from shopfast_obs.errors import UserError


def write(folder: Path) -> list[PurePosixPath]:
    """Write the application into a folder that is new or empty and return the paths of its files in it; raises
    UserError for a folder that has something in it, and for one that cannot be written."""
    from shopfast_obs.workshop import project

    try:
        _require_free(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".init-", dir=folder) as place:
            draft = Path(place)
            written = [_written(draft, path, data) for path, data in project.files()]
            for part in draft.iterdir():
                part.rename(folder / part.name)
    except OSError as problem:
        raise UserError(f"{folder} cannot be written: {problem.strerror}.", "Name another folder.") from None
    return sorted(written)


def _require_free(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        what = "is not empty" if folder.is_dir() else "is no folder"
        raise UserError(
            f"{folder} {what}, so nothing was written.",
            "Name a new folder; or, for an application that is there: shopfast-obs init --app",
        )


def _written(draft: Path, path: PurePosixPath, data: bytes) -> PurePosixPath:
    file = draft / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return path
