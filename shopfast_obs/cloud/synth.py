"""Runs the CDK app offline. Unchanged sources are not synthesised again: that is what makes a second deploy quick."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import shopfast_obs
from shopfast_obs import extras
from shopfast_obs.errors import ProjectError
from shopfast_obs.state import make_state_folder

# Folders that no synthesis reads: outputs, caches, environments.
NOT_SOURCES = {"__pycache__", "node_modules", "cdk.out", "build", "dist", "tests", "docs", "bench"}
FINGERPRINT = "sources.sha256"
TIMEOUT = 600  # seconds; a synthesis of this size takes ten


def synthesize(
    root: Path,
    app: str,
    output: Path,
    node: Path | None,
    say: Callable[[str], None],
    *,
    without: Path | None = None,
) -> bool:
    """Write the assembly of the app to `output`; False when the sources had not changed. Raises ProjectError.

    `node` is the Node executable that jsii runs on; None leaves it to the PATH. `say` is told what the app warns of.
    `without` is a folder that no synthesis reads.
    """
    program = entry(root, app)
    fingerprint = _fingerprint(root, without)
    stamp = output / FINGERPRINT
    if stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint:
        return False
    fresh = output.with_name(output.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for line in _run(program, root, fresh, node).splitlines():
        if line.startswith("Warning: "):
            say(line)
    if not (fresh / "manifest.json").is_file():
        raise ProjectError(f"{program} ran to its end and synthesised nothing.", "Its last line has to be: app.synth()")
    (fresh / FINGERPRINT).write_text(fingerprint, encoding="ascii")
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)
    return True


def entry(root: Path, app: str) -> Path:
    """The program that synthesises the project; raises ProjectError where none is named or it is not there."""
    if not app:
        raise ProjectError(
            f"There is no project in {root}: no pyproject.toml names a CDK app.",
            "Name it: [tool.shopfast-obs] app = 'cdk/app.py'.",
        )
    program = root / app
    if not program.is_file():
        raise ProjectError(f"There is no CDK app at {program}.", "Mend [tool.shopfast-obs] app in pyproject.toml.")
    return program


def _run(program: Path, root: Path, output: Path, node: Path | None) -> str:
    if not extras.installed("aws_cdk"):
        raise extras.error("deploy", ["aws_cdk"], f"Synthesis of {program}")
    make_state_folder(output.parent)
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(output),
        **({"JSII_NODE": str(node)} if node else {}),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_package_parent()), os.environ.get("PYTHONPATH", "")])),
    }
    try:
        done = subprocess.run(  # noqa: S603 - our interpreter, the user's own app
            [sys.executable, str(program)],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProjectError(
            f"Synthesis of {program} did not end within {TIMEOUT} s.", f"Run it alone: python {program}"
        ) from None
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-6:]
        raise ProjectError("Synthesis failed:\n    " + "\n    ".join(last), f"See all of it: python {program}")
    return done.stderr


def _package_parent() -> Path:
    return Path(shopfast_obs.__file__).resolve().parents[1]


def _fingerprint(root: Path, without: Path | None) -> str:
    digest = hashlib.sha256(shopfast_obs.__version__.encode())
    package = Path(shopfast_obs.__file__).resolve().parent
    for path in (*sources(root, without), *sources(package / "runtime"), *sources(package / "constructs")):
        digest.update(f"{path}\0{path.stat().st_mode}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sources(folder: Path, without: Path | None = None) -> Iterator[Path]:
    """The files of a folder that can be sources, in a stable order, those in the folder `without` left out."""
    for here, folders, files in os.walk(folder):
        kept = (d for d in folders if d not in NOT_SOURCES and not d.startswith("."))
        folders[:] = sorted(d for d in kept if Path(here, d) != without)
        for name in sorted(files):
            path = Path(here, name)
            if not name.startswith(".") and not name.endswith(".pyc") and path.is_file():
                yield path
