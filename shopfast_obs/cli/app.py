"""What every command is handed: settings, terminal, and the way to the target."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import click

from shopfast_obs import extras
from shopfast_obs import settings as settings_module
from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.settings import Settings

if TYPE_CHECKING:
    from shopfast_obs.cloud.interface import Cloud, Target

P = ParamSpec("P")
R = TypeVar("R")


class App:
    """One run of one command. Everything in it is made when it is first asked for."""

    def __init__(self, settings: Settings | None = None, terminal: Terminal | None = None) -> None:
        self._settings = settings
        self.terminal = terminal or Terminal()
        self.target_name = "local"
        self.target_named = False  # somebody said which
        self.profile: str | None = None
        self.region: str | None = None
        self.regions: tuple[str, ...] = ()  # where a command takes several

    @property
    def settings(self) -> Settings:
        """The project's settings."""
        if self._settings is None:
            self._settings = settings_module.load()
        return self._settings

    def target(self) -> Target:
        """The target that the options name; raises CloudUnreachableError when no local cloud runs."""
        from shopfast_obs.cloud.target import resolve

        return resolve(self.settings, self.target_name, region=self.region, profile=self.profile)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A boto3 client for the target."""
        from shopfast_obs.cloud.session import session

        return session(self.target()).client(service)

    def patient_client(self, service: str) -> Any:  # noqa: ANN401
        """A boto3 client that waits as long as a function may run, and repeats nothing."""
        from shopfast_obs.cloud.session import session

        return session(self.target()).patient(service)

    def clients(self) -> Callable[[str], Any]:
        """A factory of boto3 clients for the target, one session for all."""
        from shopfast_obs.cloud.session import session

        return session(self.target()).client

    def cloud(self) -> Cloud:
        """Everything that the target can be asked."""
        from shopfast_obs.cloud.aws import AwsCloud
        from shopfast_obs.cloud.session import session

        target = self.target()
        return AwsCloud(target, session(target).client)

    def clouds(self) -> list[Cloud]:
        """The target in each of the regions that were named, or in the one."""
        found = []
        for region in self.regions or (self.region,):
            self.region = region
            found.append(self.cloud())
        return found

    def exit(self, code: int) -> NoReturn:
        """End the command with an exit code of errors.py."""
        raise click.exceptions.Exit(code)


def needs(extra: str, what: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator of a command that runs with an extra only; without it, its help is there, and else a sentence."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            extras.require(extra, what=what)
            return function(*args, **kwargs)

        return checked

    return decorate


pass_app = click.make_pass_decorator(App, ensure=True)
