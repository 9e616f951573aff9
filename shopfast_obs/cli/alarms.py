"""`alarms`: derive them from the configuration, and put them into the overlay."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli import interrupted, options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import EXIT_FINDINGS, UserError

if TYPE_CHECKING:
    from shopfast_obs.alarms.derive import Derived
    from shopfast_obs.model.overlay import AlarmDefinition


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


@command.command("plan")
@click.option("--only", multiple=True, metavar="KIND", help="Only this kind of alarm (repeat).")
@options.output("text", "json")
@pass_app
def plan_command(app: App, only: tuple[str, ...], output_format: str) -> None:
    """Show the alarms that the application needs, their thresholds and where they come from.

    \b
    Example:
      shopfast-obs alarms plan --only error-rate
    """
    interrupted.mention(app)
    derived = derive(app, only, may_run=False)
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
    rows = [(alarm.name, threshold(alarm), str(alarm.properties["AlarmDescription"])) for alarm in derived.alarms]
    app.terminal.table(("alarm", "fires when", "why"), rows)
    app.terminal.out(
        f"{len(derived.alarms)} alarms notify {derived.topic}; on AWS about {derived.monthly_cost:.2f} USD a month."
    )
    app.terminal.say("Next: shopfast-obs alarms apply")


@command.command("apply")
@click.option("--only", multiple=True, metavar="KIND", help="Only this kind of alarm (repeat).")
@pass_app
def apply_command(app: App, only: tuple[str, ...]) -> None:
    """Write the alarms into the overlay; the next deploy creates them. Taken back by `undo`.

    \b
    Example:
      shopfast-obs alarms apply && shopfast-obs deploy
    """
    from shopfast_obs.alarms.plan import plan
    from shopfast_obs.changes.diff import diff
    from shopfast_obs.changes.engine import apply

    interrupted.finish(app)
    settings = app.settings
    path = settings.overlay_path
    wanted = plan(derive(app, only, may_run=True), settings.overlay, path.read_bytes() if path.exists() else None)
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
@click.argument("state", type=click.Choice(["OK", "ALARM", "INSUFFICIENT_DATA"]))
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


def derive(app: App, only: tuple[str, ...], *, may_run: bool) -> Derived:
    """The alarms for the project as its overlay will make it."""
    from shopfast_obs.alarms.catalogue import kinds
    from shopfast_obs.alarms.derive import derive as derive_alarms
    from shopfast_obs.cli.declared import inventory

    unknown = set(only) - {kind.id for kind in kinds()}
    if unknown:
        known = ", ".join(kind.id for kind in kinds())
        raise UserError(f"There is no alarm kind {sorted(unknown)[0]!r}.", f"There are: {known}.")
    return derive_alarms(inventory(app.settings, may_run=may_run), only)


def threshold(alarm: AlarmDefinition) -> str:
    """When the alarm fires, in short."""
    properties: Any = alarm.properties
    signs = {"GreaterThanThreshold": ">", "GreaterThanOrEqualToThreshold": "at least"}
    sign = signs.get(properties["ComparisonOperator"], properties["ComparisonOperator"])
    needed, of = properties["DatapointsToAlarm"], properties["EvaluationPeriods"]
    return f"{sign} {properties['Threshold']:g}, {needed} of {of} min"
