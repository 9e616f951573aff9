"""`deploy`: from the CDK app to a running application."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs import extras
from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.application import packaged_libraries
from shopfast_obs.cli.targets import interrupted_changes

if TYPE_CHECKING:
    from shopfast_obs.cloud.deploy.deployment import Deployed, Deployment


@click.command()
@options.target
@options.output("text", "json")
@pass_app
def command(app: App, output_format: str) -> None:
    """Deploy the application, to the local cloud (started when needed) or to AWS.

    A second run without changes is quick and changes nothing. An interrupted run is picked up by the next one.

    \b
    Examples:
      shopfast-obs deploy
      shopfast-obs deploy --target aws --profile dev --region eu-west-1
    """
    started = time.monotonic()
    done = up(app)
    if output_format == "json":
        app.terminal.json(done)
    else:
        show(app, done, time.monotonic() - started)


def up(app: App) -> Deployed:
    """Deploy the project, with progress; raises BusyError when it is being deployed already."""
    extras.require("deploy")
    if app.target_name == "local" and not app.settings.endpoint_url:
        extras.require("local")
    from shopfast_obs.cloud.deploy import assembly
    from shopfast_obs.cloud.deploy.deployment import synthesise
    from shopfast_obs.cloud.deploy.lock import held
    from shopfast_obs.cloud.synthesis.synth import entry

    settings = app.settings
    entry(settings.root, settings.app)  # without a project nothing is started and nothing is left behind
    interrupted_changes.refuse(app)
    with (
        held(settings.state_dir / "deploy.lock", "deployment"),
        app.terminal.progress("synthesising the CDK app") as progress,
    ):
        with _cloud_beside(app, progress.update) if app.target_name == "local" else nullcontext():
            synthesised = synthesise(settings, node(), progress.update)
            packaged_libraries.require(assembly.read(settings.assembly_dir))
        return project(app, progress.update).up(synthesised=synthesised)


@contextmanager
def _cloud_beside(app: App, say: Callable[[str], None]) -> Iterator[None]:
    """The project's local cloud is ready after the block. One that only has to be started starts while the block runs,
    and is stopped again where that fails."""
    if not _quick_to_start(app):
        yield
        say("starting the local cloud")
        ensure_cloud(app, say)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as clerk:
        cloud = clerk.submit(ensure_cloud, app, say)
        try:
            yield
        except BaseException:
            if cloud.exception() is None:
                _stop(app)
            raise
        say("starting the local cloud")
        cloud.result()


def _quick_to_start(app: App) -> bool:
    """True where no cloud runs and everything that one starts with is there: nobody waits for an installation whose
    application does not synthesise."""
    from shopfast_obs.localcloud import installation, process

    if app.settings.endpoint_url or process.status(_state(app)) is not None:
        return False
    return all(part.ready for part in installation.parts(app.settings.runtime_boto3))


def _state(app: App) -> Path:
    return app.settings.state_dir / "cloud"


def _stop(app: App) -> None:
    from shopfast_obs.localcloud import process

    process.stop(_state(app))


def ensure_cloud(app: App, say: Callable[[str], None]) -> None:
    """Start the project's local cloud unless one runs, or someone named another."""
    from shopfast_obs.localcloud import process

    if not app.settings.endpoint_url:
        process.start(_state(app), using=process.Using(app.settings.runtime_boto3, say))


def project(app: App, say: Callable[[str], None]) -> Deployment:
    """The project on the target that the options name."""
    from shopfast_obs.cloud.deploy import deployment

    kind = deployment.LocalDeployment if app.target_name == "local" else deployment.AwsDeployment
    return kind(app.settings, app.target(), app.clients(), say)


def node() -> Path | None:
    """The Node that the CDK needs."""
    from shopfast_obs.constructs.node import executable

    return executable()


def show(app: App, done: Deployed, seconds: float) -> None:
    """Print what was done and where it can be reached."""
    terminal = app.terminal
    for name, outcome in done.stacks.items():
        terminal.out(f"{name:<28} {outcome}")
    if done.page is not None:
        terminal.out(f"{'page':<28} {done.page.outcome}")
    for key, value in done.outputs.items():
        if value.startswith(("http://", "https://")):
            terminal.out(f"{key:<28} {value}")
    if done.page is not None and done.page.reason:
        terminal.warn(
            f"the page is {'left out' if done.page.outcome == 'missing' else 'not rebuilt'}: {done.page.reason}"
        )
    if not done.changed:
        terminal.say(f"Nothing to change ({seconds:.1f} s).")
    else:
        following = "traffic --scenario browse --duration 20" if app.settings.shoppers else "diagnose"
        terminal.say(f"Deployed in {seconds:.1f} s. Next: shopfast-obs {following}")
