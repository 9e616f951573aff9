"""The Serverless Framework that a project has installed, run to package its serverless.yml."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from shopfast_obs import confine
from shopfast_obs.cloud.deploy.npm import Npm
from shopfast_obs.errors import ProjectError

PACKAGES = ("osls", "serverless")
PATIENCE = 300  # seconds
HINT = "Run `serverless package` yourself, or leave out --run-framework."


def package(file: Path, place: Path) -> None:
    """Package the service of a serverless.yml into `place`, by the framework in node_modules; raises ProjectError where
    there is none, or where it fails. This runs the project's own code: its plugins and its JavaScript."""
    command = [_node(), str(_script(file)), "package", "--package", str(place)]
    try:
        done = subprocess.run(  # noqa: S603 - the user asked for it by an option
            command, cwd=file.parent, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProjectError(f"The framework did not package {file} within {PATIENCE} s.", HINT) from None
    if done.returncode:
        lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        words = " ".join([line for line in lines if line != "Error:"][:2])[:300] or "it says nothing"
        raise ProjectError(f"The framework could not package {file}: {words}", HINT)


def _script(file: Path) -> Path:
    """The framework's program, from the folder of the file upwards within the project."""
    top = confine.project(file.parent, Path.cwd())
    here = file.parent.resolve()
    for folder in (here, *here.parents):
        for name in PACKAGES:
            script = folder / "node_modules" / name / "bin" / "serverless.js"
            if script.is_file():
                return script
        if folder == top:
            break
    hint = "Install it there: npm install --save-dev osls"
    raise ProjectError(f"No framework is installed in the project of {file}.", hint)


def _node() -> str:
    return shutil.which("node") or str(Npm.found().node)
