"""The command line in this process, with a cloud of memory behind it where a test gives one."""

from __future__ import annotations

import click
from click.testing import CliRunner, Result

from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.testing import FakeCloud


class FakeApp(App):
    """The command line's App over a fake cloud."""

    def __init__(self, cloud: FakeCloud) -> None:
        super().__init__()
        self._cloud = cloud

    def cloud(self) -> FakeCloud:
        """The fake."""
        return self._cloud


def invoke(*arguments: str, app: App | None = None) -> Result:
    """The result of the whole command line."""
    return CliRunner().invoke(cli.main, arguments, obj=app)


def outcome(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the whole command line."""
    result = invoke(*arguments)
    return result.exit_code, result.stdout, result.stderr


def on_cloud(command: click.Command, cloud: FakeCloud, *arguments: str) -> Result:
    """The result of a command over a fake cloud; an error of ours is raised."""
    return CliRunner().invoke(command, arguments, obj=FakeApp(cloud), catch_exceptions=False)


def exit_code(command: click.Command, app: App, *arguments: str) -> int:
    """The exit code of a command; an error is raised."""
    result = CliRunner().invoke(command, arguments, obj=app)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code
