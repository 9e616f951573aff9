"""Makes an environment with the user's pip or uv: beside its place, then moved there, so that no half one is used."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from shopfast_obs import extras
from shopfast_obs.environments.interface import KINDS, Environment, Requirements, Say
from shopfast_obs.errors import UserError
from shopfast_obs.settings import child_environment, user_cache

# What people set for their own installations, and would send this one elsewhere.
ELSEWHERE = (
    "PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_CONSTRAINT", "PIP_REQUIREMENT",
    "PIP_PYTHON", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_TARGET", "UV_PREFIX", "UV_PYTHON",
)  # fmt: skip
FOUND = ("Collecting ", "Processing ")  # how pip begins its line about a package
TOLD = 12  # packages between two words about how far it is


def folder() -> Path:
    """Where all environments are."""
    return user_cache() / "environments"


def place(wanted: Requirements) -> Environment:
    """The environment, whether it is there or not."""
    return Environment(folder() / wanted.key)


def ready(wanted: Requirements, say: Say) -> Environment:
    """The environment, made when it is not there; raises UserError where that fails. Of two that want the same at once
    the second waits for the first."""
    found = place(wanted)
    if not found.ready:
        found.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(found.folder.parent):
            if not found.ready:
                _make(found, wanted, say)
    return found


def remove() -> list[str]:
    """Remove all environments; the names of those that were there. No cloud should run in one of them."""
    if not folder().is_dir():
        return []
    with _alone(folder()):
        gone = [entry for entry in sorted(folder().iterdir()) if entry.is_dir()]
        for entry in gone:
            shutil.rmtree(entry, ignore_errors=True)
    return [entry.name for entry in gone if not entry.name.startswith(".")]


@contextlib.contextmanager
def _alone(parent: Path) -> Iterator[None]:
    with (parent / ".lock").open("w") as file:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(wanted: Environment, of: Requirements, say: Say) -> None:
    draft = Environment(wanted.folder.with_name(f".{wanted.folder.name}"))
    shutil.rmtree(draft.folder, ignore_errors=True)  # of a command that was ended
    try:
        _run([sys.executable, "-m", "venv", "--without-pip", str(draft.folder)], of)
        _carry_settings(draft.folder)
        lines = draft.folder / "requirements.txt"
        lines.write_text(of.text, encoding="ascii")
        _install(draft, of, lines, say)
        shutil.rmtree(wanted.folder, ignore_errors=True)  # one whose interpreter is gone
        draft.folder.rename(wanted.folder)
    finally:
        shutil.rmtree(draft.folder, ignore_errors=True)


def _carry_settings(draft: Path) -> None:
    """pip reads its settings also from the environment that it installs into."""
    own = Path(sys.prefix) / "pip.conf"
    if own.is_file():
        shutil.copyfile(own, draft / own.name)


def _install(draft: Environment, of: Requirements, lines: Path, say: Say) -> None:
    total, collected = len(of.versions), 0

    def heard(line: str) -> None:
        nonlocal collected
        if not line.startswith(FOUND):
            return
        collected += 1
        if collected % TOLD == 0:
            say(f"installing {KINDS[of.name]}: {collected} of {total} packages")

    say(f"installing {KINDS[of.name]}: once, {total} packages, in {folder()}")
    # Without hashes at least nothing is built: what an index hands out runs when a function imports it, not here.
    strict = ["--no-deps", "--require-hashes"] if of.locked else ["--only-binary", ":all:"]
    _run([*_installer(draft.python), *strict, "-r", str(lines)], of, heard)


def _installer(python: Path) -> list[str]:
    """pip of this environment, else uv: either finds the user's own index settings."""
    if extras.installed("pip"):
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
        return [*pip, "--disable-pip-version-check", "--no-input", "--no-warn-script-location"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", str(python), "--compile-bytecode"]
    raise UserError("There is neither pip nor uv to install with.", "Install pip: python -m ensurepip")


def _run(command: list[str], of: Requirements, heard: Say = lambda _: None) -> None:
    """Run a program and hand on what it writes; raises UserError with its last error."""
    last: deque[str] = deque(maxlen=50)
    with subprocess.Popen(  # noqa: S603 - our interpreter, pip or uv
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=child_environment(ELSEWHERE),
        cwd=folder(),  # not the checkout: Python and uv look there for modules and settings first
    ) as process:
        try:
            for line in process.stdout or ():
                last.append(line.strip())
                heard(line)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        errors = [line for line in last if line.lower().startswith("error:")]
        reason = next(reversed(errors or list(last)), f"{Path(command[0]).name} ended with {process.returncode}")
        raise UserError(
            f"{KINDS[of.name][0].upper()}{KINDS[of.name][1:]} could not be installed: {reason}",
            "It needs a package index once, the one that pip or uv of this environment is set to.",
        )
