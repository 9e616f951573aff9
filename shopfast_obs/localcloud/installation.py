"""Which Python runs the cloud's process, and where its functions get the SDK from.

MiniStack pins botocore exactly, and an application has the version that it needs: where both cannot be, the cloud runs
in an environment of its own. Functions never see the emulator's packages: they find boto3 in their package, in a layer,
or, as in AWS's runtimes, in one of a stated version.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import shopfast_obs
from shopfast_obs.environments.interface import Environment, Requirements, Say, locked
from shopfast_obs.environments.making import place, ready

PACKAGE = Path(shopfast_obs.__file__).resolve().parent
EXACT = ("ministack", "botocore")  # the emulator, and what it pins
PRESENT = (
    "uvicorn",
    "httptools",
    "moto",
    "aws-lambda-powertools",
    "opentelemetry-proto",
    "googleapis-common-protos",
    *(("awslambdaric",) if sys.platform == "linux" else ()),
)


@dataclass(frozen=True, slots=True)
class Installation:
    """The interpreter, the packages of Lambda's runtime, and the environment where it is ours alone."""

    python: Path
    libraries: Path
    own: Environment | None = None

    def search_path(self, inherited: str) -> str:
        """The PYTHONPATH of the process: this package, and, in the current environment, what was there before."""
        if self.own is None:
            return ":".join(filter(None, (str(PACKAGE.parent), inherited)))
        # The folder that holds this package may hold all of the project's packages: a link stands alone.
        program = self.own.folder / "programs" / hashlib.sha256(str(PACKAGE).encode()).hexdigest()[:16]
        program.mkdir(parents=True, mode=0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (program / PACKAGE.name).symlink_to(PACKAGE)
        return str(program)


def prepared(boto3: str, say: Say) -> Installation:
    """What the cloud starts with, made where it is not there yet; raises UserError where that fails. `boto3` is the
    version that functions find, empty for the default."""
    libraries = ready(runtime(boto3), say).packages
    if fits():
        return Installation(Path(sys.executable), libraries)
    own = ready(locked("cloud"), say)
    return Installation(own.python, libraries, own)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a cloud starts with: what, its version, where, and whether it is there."""

    what: str
    version: str
    where: str
    ready: bool


def parts(boto3: str) -> tuple[Part, ...]:
    """What the cloud starts with, made or not."""
    sdk, emulator = runtime(boto3), locked("cloud")
    libraries, own = place(sdk), place(emulator)
    here = fits()
    where = sys.prefix if here else str(own.folder)
    return (
        Part("MiniStack, botocore", ", ".join(emulator.versions[name] for name in EXACT), where, here or own.ready),
        Part("boto3 of functions", sdk.versions["boto3"], str(libraries.folder), libraries.ready),
    )


def fits() -> bool:
    """True where the current environment has what the cloud's process needs."""
    wanted = locked("cloud").versions
    return all(_version(name) == wanted[name] for name in EXACT) and all(map(_version, PRESENT))


def runtime(boto3: str) -> Requirements:
    """The SDK that functions find: the locked one, or of a version of one's own."""
    default = locked("runtime")
    if boto3 in ("", default.versions["boto3"]):
        return default
    return Requirements("runtime", f"boto3=={boto3}\nbotocore=={boto3}\n", locked=False)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
