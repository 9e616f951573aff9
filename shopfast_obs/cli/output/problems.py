"""Any exception as what people are told: one sentence, the next command, and the exit code; None for a defect."""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import click

from shopfast_obs import extras
from shopfast_obs.errors import CloudUnreachableError, ShopfastObsError, UserError

PATHS = ("Symlink loop from", "Could not determine home directory", "Can't determine home directory")  # of pathlib
AGAIN = "then run the command again."
# What to do about what the system refused; anything else is for its own words.
REMEDIES = {
    errno.ENOSPC: "Free some space, ",
    errno.EDQUOT: "Free some space, ",
    errno.EROFS: "Name another place (SHOPFAST_OBS_STATE for the state), ",
    errno.EACCES: "Give yourself the permission, ",
    errno.EPERM: "Give yourself the permission, ",
    errno.ENOENT: "Make it, or name what is there, ",
    errno.ENOTDIR: "Remove or rename the file that lies where a folder is needed, ",
    errno.EISDIR: "Name a file, ",
    errno.EMFILE: "Raise the limit of open files (ulimit -n), ",
}


def for_people(problem: Exception) -> ShopfastObsError | None:
    """The error as one of ours; None for a defect, and for a closed pipe, which ends the command as `head` wants."""
    if isinstance(problem, ShopfastObsError):
        return problem
    if isinstance(problem, OSError):
        return None if problem.errno == errno.EPIPE else refused(problem)
    if isinstance(problem, RuntimeError) and str(problem).startswith(PATHS):
        return UserError(f"A path cannot be used: {problem}.", "Name another place.")
    if isinstance(problem, MemoryError):
        return UserError("The memory of this machine is not enough for that.", "Ask for less: --since, --limit.")
    if isinstance(problem, ModuleNotFoundError):
        extra = extras.of(problem.name or "")
        return extras.error(extra, [problem.name or ""]) if extra else None
    return _of_a_library(problem, type(problem).__module__.partition(".")[0])


def _of_a_library(problem: Exception, origin: str) -> ShopfastObsError | None:
    if origin in ("botocore", "boto3"):
        from shopfast_obs.cloud.session import refused as refused_by_aws

        return refused_by_aws(problem)
    return _unreachable(problem) if origin == "urllib3" else None


def refused(problem: OSError) -> ShopfastObsError:
    """What the system refused, as a person can mend it: a full disk, a read-only folder, a missing permission."""
    if problem.filename is None and isinstance(problem, ConnectionError | TimeoutError | socket.gaierror):
        return _unreachable(problem)
    what = str(problem.filename or "") or ("the output" if _output_is_lost() else "a file or connection")
    remedy = REMEDIES.get(problem.errno or 0, "Mend it, ")
    return UserError(f"{what} cannot be used: {problem.strerror or problem}.", f"{remedy}{AGAIN}")


def tell(said: ShopfastObsError) -> None:
    """Print the sentence and what to do next."""
    with suppress(OSError):  # standard error may be as full
        click.echo(f"Error: {said.message}", err=True)
        if said.hint:
            click.echo(f"  {said.hint}", err=True)


def _unreachable(problem: Exception) -> ShopfastObsError:
    told = str(problem)[:200] or type(problem).__name__
    return CloudUnreachableError(f"What was asked does not answer: {told}.", "Is it running? shopfast-obs cloud status")


def _output_is_lost() -> bool:
    """True when standard output takes nothing more; then what is left for it goes nowhere, and nothing fails again."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
        return True
    return False
