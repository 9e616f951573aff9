"""Drives the CDK CLI, installed once from the locked package list beside this module with the Node of the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from shopfast_obs.cloud.deploy.npm import Npm
from shopfast_obs.cloud.interface import Target
from shopfast_obs.errors import DeployError
from shopfast_obs.model.records import record

PACKAGES = Path(__file__).with_name("cdk_cli")


@record
class CdkCli:
    """An installed CDK CLI: `command` is how to start it."""

    command: tuple[str, ...]

    @classmethod
    def installed(cls, folder: Path, say: Callable[[str], None]) -> CdkCli:
        """The CLI of the locked version, installed into the folder when it is not there yet."""
        npm = Npm.found()
        script = folder / "node_modules" / "aws-cdk" / "bin" / "cdk"
        lock = folder / "package-lock.json"
        if not script.is_file() or lock.read_bytes() != (PACKAGES / lock.name).read_bytes():
            say("installing the CDK CLI")
            shutil.copytree(PACKAGES, folder, dirs_exist_ok=True)
            npm.install(folder)
        return cls((str(npm.node), str(script)))

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
