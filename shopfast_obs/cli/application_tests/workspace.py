"""A copy of an application to run its tests in: they may write what they want, and nothing of the user's changes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from shopfast_obs.errors import UserError
from shopfast_obs.model.changes import FileChange

LEFT_OUT = {
    ".venv", "venv", "env", "node_modules", ".tox", ".nox", "__pycache__", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", "cdk.out", ".aws-sam", ".serverless", ".terraform", ".shopfast",
}  # fmt: skip
MOST_BYTES = 200 * 1024 * 1024
MOST_FILES = 20_000
GIT = 20 * 1024 * 1024  # bytes of a .git that comes along, for tests that ask git


class Workspace:
    """The copy, made anew for every run. `base` is what the paths of changes start from."""

    def __init__(self, root: Path, base: Path, copy: Path) -> None:
        self.root, self.copy = root, copy
        self._base = os.path.relpath(base, root)
        self._skip_git = _size(root / ".git", GIT) > GIT
        size = count = 0
        for path in self._files(root):
            size, count = size + path.lstat().st_size, count + 1
            if size > MOST_BYTES or count > MOST_FILES:
                raise UserError(
                    f"{root} is too large to be copied for its tests (more than {MOST_BYTES >> 20} MB or {MOST_FILES} "
                    "files).",
                    "Name a smaller folder, or use --no-prove.",
                )

    def fresh(self, changes: Sequence[FileChange]) -> None:
        """The application as it is, with the changes."""
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.root, self.copy, symlinks=True, ignore=self._ignored, copy_function=_copied)
        for change in changes:
            path = Path(os.path.normpath(self.copy / self._base / change.path))
            if not path.is_relative_to(self.copy):
                continue  # the runtime layer's archive may be written elsewhere
            if change.after is None:
                path.unlink(missing_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.after)

    def _ignored(self, folder: str, names: list[str]) -> set[str]:
        return {name for name in names if self._left_out(Path(folder), name)}

    def _left_out(self, folder: Path, name: str) -> bool:
        if name == ".git":
            return self._skip_git or folder != self.root
        path = folder / name
        if path.is_symlink() or path.is_file():
            return False
        return not path.is_dir() or (
            name in LEFT_OUT and ((path / "pyvenv.cfg").exists() or name not in {"env", "venv"})
        )

    def _files(self, folder: Path) -> Iterator[Path]:
        for each in folder.iterdir():
            if self._left_out(folder, each.name):
                continue
            if each.is_dir() and not each.is_symlink():
                yield from self._files(each)
            else:
                yield each


def _copied(source: str, target: str) -> str:
    try:
        return shutil.copy2(source, target)
    except PermissionError:  # a file that may not be read is none that a test reads
        return target


def _size(folder: Path, most: int) -> int:
    size = 0
    for path in folder.rglob("*") if folder.is_dir() else ():
        size += path.lstat().st_size
        if size > most:
            break
    return size
