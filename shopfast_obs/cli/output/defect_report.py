"""A defect of this tool: its details are kept in a file of the user's, and people read one sentence."""

from __future__ import annotations

import platform
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

import click

from shopfast_obs import __version__
from shopfast_obs.settings import user_data

FOLDER = "defects"
KEPT = 20  # files
LARGEST = 60_000  # characters of one
_PREFIX = "shopfast-obs-"
HINT = "Tell it with that file, or see the details here: the same command with --debug"


def tell(problem: BaseException, arguments: list[str], *, debug: bool) -> None:
    """Say that it is a defect and where its details are kept; `debug` prints them, too."""
    with suppress(OSError):
        if debug:
            traceback.print_exception(problem)
        name = type(problem).__name__
        try:
            kept = f"The details are kept in {keep(problem, arguments)}."
        except OSError as refused:
            kept = f"The details could not be kept: {refused.strerror}."
        click.echo(f"Error: this is a defect of shopfast-obs ({name}), and no finding. {kept}\n  {HINT}", err=True)


def keep(problem: BaseException, arguments: list[str]) -> Path:
    """The new file, which only its owner can read, with version, command and traceback, secrets masked."""
    text = _details(problem, arguments)
    with tempfile.NamedTemporaryFile(  # made with 0600
        "w", encoding="utf-8", errors="replace", dir=_folder(), prefix=_PREFIX, suffix=".txt", delete=False
    ) as file:
        file.write(text)
    return Path(file.name)


def _folder() -> Path | None:
    """The user's own folder, with room for one more; None (that for temporary files) where it takes no file."""
    home = user_data()
    if home is None:
        return None
    folder = home / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in sorted(folder.glob(f"{_PREFIX}*.txt"), key=lambda file: file.stat().st_mtime)[: -KEPT + 1]:
            old.unlink()
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def _details(problem: BaseException, arguments: list[str]) -> str:
    python = f"Python {platform.python_version()} on {platform.platform()}"
    frames = "".join(traceback.format_exception(problem))
    if len(frames) > LARGEST:
        frames = f"{frames[: LARGEST // 2]}\n[...]\n{frames[-LARGEST // 2 :]}"
    return _masked(f"shopfast-obs {__version__}, {python}\ncommand: {arguments}\n\n{frames}", problem)


def _masked(text: str, problem: BaseException) -> str:
    """The text without secrets; without all that comes from data, where masking is what fails."""
    try:
        from shopfast_obs.analysis.sensitive import masked

        return masked(text)
    except Exception:
        where = "".join(traceback.format_tb(problem.__traceback__))[-LARGEST:]
        return f"shopfast-obs {__version__}, {type(problem).__name__}\n\n{where}"
