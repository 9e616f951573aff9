"""`alarms`: derive them from the configuration, and put them into the overlay."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from shopfast_obs.cli import gaps, interrupted, options, wired
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import EXIT_FINDINGS, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shopfast_obs.alarms.derive import Derived
    from shopfast_obs.cli.alarm_templates import Found

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

LOOK = 1.0  # seconds between two looks at an alarm
STEP = 30.0  # seconds that --hurry moves the clock at each look


@click.group()
def command() -> None:
    """Derive alarms from the configuration of what is deployed.

    \b
    Examples:
      shopfast-obs alarms plan
      shopfast-obs alarms apply && shopfast-obs deploy
    """


def places(function: F) -> F:
    """Add --template and --into, which name the template that alarms go into, and the options of the target."""
    for option in (
        click.option("--into", type=FILE, metavar="FILE", help="Look at the cloud; put the alarms into this template."),
        click.option(
            "--template",
            type=FILE,
            metavar="FILE",
            help="A SAM, CloudFormation or Serverless template in the place of the project's CDK app; no cloud.",
        ),
        click.option("--only", multiple=True, metavar="KIND", help="Only this kind of alarm (repeat)."),
    ):
        function = option(function)
    return options.target(function)


@command.command("plan")
@places
@options.output("text", "json")
@pass_app
def plan_command(
    app: App, *, only: tuple[str, ...], template: Path | None, into: Path | None, output_format: str
) -> None:
    """Show the alarms that the application needs, their thresholds and where they come from.

    Looks at the project's CDK app, at a template, or with --target at what is deployed there.

    \b
    Examples:
      shopfast-obs alarms plan --only error-rate
      shopfast-obs alarms plan --template template.yaml
      shopfast-obs alarms plan --target aws
    """
    interrupted.mention(app)
    if template or into:
        _plan_template(app, only, template, into, output_format)
        return
    derived = _of_cloud(app, only) if app.target_named else derive(app, only, may_run=False)
    if output_format == "json":
        app.terminal.json(
            {
                "alarms": derived.alarms,
                "topic": derived.topic,
                "monthly_cost_usd": round(derived.monthly_cost, 2),
                "not_needed": derived.not_needed,
            }
        )
        return
    rows = [
        (alarm.name, threshold(alarm.properties), str(alarm.properties["AlarmDescription"])) for alarm in derived.alarms
    ]
    app.terminal.table(("alarm", "fires when", "why"), rows)
    app.terminal.out(
        f"{len(derived.alarms)} alarms notify {derived.topic}; on AWS about {derived.monthly_cost:.2f} USD a month."
    )
    place = " --into TEMPLATE" if app.target_named else ""
    app.terminal.say(f"Next: shopfast-obs alarms apply{place}")


@command.command("apply")
@places
@pass_app
def apply_command(app: App, *, only: tuple[str, ...], template: Path | None, into: Path | None) -> None:
    """Write the alarms into the overlay or into a template; the next deploy creates them. Taken back by `undo`.

    \b
    Examples:
      shopfast-obs alarms apply && shopfast-obs deploy
      shopfast-obs alarms apply --template template.yaml
      shopfast-obs alarms apply --target aws --into serverless.yml
    """
    from shopfast_obs.alarms.plan import plan
    from shopfast_obs.changes.diff import diff
    from shopfast_obs.changes.engine import apply

    interrupted.finish(app)
    if template or into:
        _apply_template(app, only, template, into)
        return
    if app.target_named:
        raise UserError("Alarms come from a template, so that the next deployment keeps them.", "Name it: --into FILE")
    settings = app.settings
    path = settings.overlay_path
    derived = derive(app, only, may_run=True)
    wired.require(settings)
    wanted = plan(derived, settings.overlay, path.read_bytes() if path.exists() else None)
    if wanted.empty:
        app.terminal.say("The overlay has these alarms already; nothing to change.")
        return
    app.terminal.diff(diff(wanted))
    entry = apply(wanted, settings.root, settings.state_dir)
    for effect in wanted.effects:
        app.terminal.say(effect)
    app.terminal.say(f"Recorded as {entry.id}. Next: shopfast-obs deploy (take it back: shopfast-obs undo)")


@command.command("wait")
@click.argument("name")
@click.argument("state", metavar="STATE", type=click.Choice(["OK", "ALARM", "INSUFFICIENT_DATA"]))
@click.option("--timeout", default=300.0, show_default=True, metavar="SECONDS", help="Give up after this time.")
@click.option("--hurry", is_flag=True, help="Move the local cloud's clock forward instead of waiting for minutes.")
@click.option("--traffic", "scenario", metavar="SCENARIO", help="Send these shoppers meanwhile, two requests a second.")
@options.target
@pass_app
def wait_command(app: App, *, name: str, state: str, timeout: float, hurry: bool, scenario: str | None) -> None:
    """Wait until an alarm has a state. CloudWatch evaluates once a minute; exit 1 when the time is over.

    An alarm over several minutes needs something to happen in more than one of them: that is what --traffic is for.

    \b
    Examples:
      shopfast-obs alarms wait checkout-error-rate ALARM --traffic browse
      shopfast-obs alarms wait checkout-error-rate OK --hurry
    """
    from shopfast_obs.cli.traffic import shoppers

    with contextlib.nullcontext() if scenario is None else shoppers(app, scenario, rps=2):
        reached = _wait(app, name, state, timeout, hurry=hurry)
    if not reached:
        app.terminal.say(f"{name} is not {state} after {timeout:g} s.")
        app.exit(EXIT_FINDINGS)


def _wait(app: App, name: str, state: str, timeout: float, *, hurry: bool) -> bool:
    """True once the alarm has the state, False when the time is over."""
    from shopfast_obs.cloud.clock import hurried

    ends = time.monotonic() + timeout
    with app.terminal.progress(f"waiting for {name} to be {state}") as progress:
        while time.monotonic() < ends:
            now = next((alarm for alarm in app.cloud().alarms() if alarm.name == name), None)
            if now is None:
                raise UserError(f"There is no alarm {name!r}.", "See: shopfast-obs status")
            if now.state == state:
                app.terminal.out(f"{name} is {state}: {now.reason}")
                return True
            progress.update(f"{name} is {now.state}: {now.reason}")
            if hurry:
                hurried(app.target(), STEP)
            time.sleep(LOOK)
    return False


def _templates(app: App, only: tuple[str, ...], template: Path | None, into: Path | None) -> list[Found]:
    from shopfast_obs.cli.alarm_templates import find

    _known(only)
    if template and into:
        raise UserError("--template and --into are two places for alarms.", "Give one of them.")
    if template and app.target_named:
        raise UserError("--template looks at no cloud.", "Look at the cloud, and change the template: --into FILE")
    path = template or into
    assert path is not None
    found, unread = find(path, only, app.cloud().inventory() if into else None)
    if unread:
        gaps.end(app, unread, nothing=not found, allowed=True)
        app.terminal.warn(f"Not read, and without alarms: {gaps.named(unread)}")
    return found


def _plan_template(
    app: App, only: tuple[str, ...], template: Path | None, into: Path | None, output_format: str
) -> None:
    found = _templates(app, only, template, into)
    alarms = {name: alarm for one in found for name, alarm in one.declared.alarms.items()}
    skipped = [item for one in found for item in one.declared.skipped]
    if output_format == "json":
        app.terminal.json({"alarms": alarms, "not_needed": skipped})
        return
    rows = [
        (name, threshold(alarm["Properties"]), str(alarm["Properties"]["AlarmDescription"]))
        for name, alarm in alarms.items()
    ]
    app.terminal.table(("alarm", "fires when", "why"), rows)
    option = f"--into {shlex.quote(str(into))}" if into else f"--template {shlex.quote(str(template))}"
    app.terminal.say(f"Next: shopfast-obs alarms apply {option}" if alarms else "Nothing in it needs an alarm.")


def _apply_template(app: App, only: tuple[str, ...], template: Path | None, into: Path | None) -> None:
    from shopfast_obs.changes.diff import diff
    from shopfast_obs.changes.engine import apply
    from shopfast_obs.cli.alarm_templates import plan

    wanted, root = plan(_templates(app, only, template, into))
    if wanted.empty:
        app.terminal.say("The template has these alarms already; nothing to change.")
        return
    app.terminal.diff(diff(wanted))
    entry = apply(wanted, root, app.settings.state_dir, project=app.settings.root)
    for effect in wanted.effects:
        app.terminal.say(effect)
    app.terminal.say(f"Recorded as {entry.id}. Next: deploy the template. (take it back: shopfast-obs undo)")


def _of_cloud(app: App, only: tuple[str, ...]) -> Derived:
    from shopfast_obs.alarms.derive import derive as derive_alarms

    _known(only)
    return derive_alarms(app.cloud().inventory(), only)


def _known(only: tuple[str, ...]) -> None:
    """Raise UserError for a kind that the catalogue has not."""
    from shopfast_obs.alarms.catalogue import kinds

    unknown = set(only) - {kind.id for kind in kinds()}
    if unknown:
        known = ", ".join(kind.id for kind in kinds())
        raise UserError(f"There is no alarm kind {sorted(unknown)[0]!r}.", f"There are: {known}.")


def derive(app: App, only: tuple[str, ...], *, may_run: bool) -> Derived:
    """The alarms for the project as its overlay will make it."""
    from shopfast_obs.alarms.derive import derive as derive_alarms
    from shopfast_obs.cli.declared import inventory

    _known(only)
    return derive_alarms(inventory(app.settings, may_run=may_run), only)


def threshold(properties: Mapping[str, Any]) -> str:
    """When an alarm with these properties fires, in short."""
    signs = {"GreaterThanThreshold": ">", "GreaterThanOrEqualToThreshold": "at least"}
    sign = signs.get(properties["ComparisonOperator"], properties["ComparisonOperator"])
    needed, of = properties["DatapointsToAlarm"], properties["EvaluationPeriods"]
    return f"{sign} {properties['Threshold']:g}, {needed} of {of} min"
