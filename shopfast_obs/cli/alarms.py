"""`alarms`: derive them from the configuration, and put them into the overlay."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.application import overlay_wiring
from shopfast_obs.cli.inputs import time_windows
from shopfast_obs.cli.output import alarm_list, gaps
from shopfast_obs.cli.output.alarm_notes import Window, said, threshold
from shopfast_obs.cli.targets import interrupted_changes
from shopfast_obs.errors import EXIT_FINDINGS, UserError
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.alarms.needed_alarms import Derived
    from shopfast_obs.cli.targets.template_alarms import Found
    from shopfast_obs.model.changes import Plan
    from shopfast_obs.model.resources import Inventory

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

LOOK = 1.0  # seconds between two looks at an alarm
STEP = 30.0  # seconds that --hurry moves the clock at each look, while something has to happen in each minute
QUICK_LOOK, QUICK_STEP = 0.1, 60.0  # where nothing has to: the cloud evaluates as soon as its clock is moved


@click.group()
def command() -> None:
    """Derive alarms from the configuration of what is deployed.

    \b
    Examples:
      shopfast-obs alarms plan
      shopfast-obs alarms apply && shopfast-obs deploy
    """


@record
class Wanted:
    """Which alarms somebody asks for (of kinds, of resources), and where they go."""

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    template: Path | None
    into: Path | None
    live: bool


def places(function: F) -> F:
    """Add the options of where alarms go and of which ones, and those of the target; the parameter is `wanted`."""

    @wraps(function)
    def gathered(*args: Any, **given: Any) -> Any:  # noqa: ANN401 - any command
        app = click.get_current_context().ensure_object(App)
        chosen = Wanted(*(given.pop(name) for name in ("only", "resources", "template", "into", "live")))
        if sum((bool(chosen.template), bool(chosen.into), chosen.live)) > 1:
            raise UserError("--template, --into and --live are three places for alarms.", "Give one of them.")
        if chosen.template and app.target_named:
            raise UserError("--template looks at no cloud.", "Look at the cloud, and change the template: --into FILE")
        _known(chosen.kinds)
        return function(*args, wanted=chosen, **given)

    for option in (
        click.option("--live", is_flag=True, help="In the account itself, whoever deployed what they watch."),
        click.option("--into", type=FILE, metavar="FILE", help="Look at the cloud; put the alarms into this template."),
        click.option(
            "--template",
            type=FILE,
            metavar="FILE",
            help="A SAM, CloudFormation or Serverless template in the place of the project's CDK app; no cloud.",
        ),
        click.option("--only", multiple=True, metavar="KIND", help="Only this kind of alarm (repeat)."),
        click.option(
            "--resource",
            "resources",
            multiple=True,
            metavar="NAME",
            help="Only of this function, API, queue...: its name or a pattern (repeat).",
        ),
    ):
        gathered = option(gathered)
    return options.target(gathered)  # type: ignore[return-value]


@command.command("plan")
@places
@options.verbose
@click.option(
    "--mute", "window", metavar="WHEN", help="Propose a mute rule for deployments: 'cron(0 14 * * TUE)', UTC."
)
@click.option(
    "--mute-for", "lasts", default="PT20M", show_default=True, metavar="LENGTH", help="How long it is active."
)
@options.output("text", "json")
@pass_app
def plan_command(app: App, *, wanted: Wanted, window: str | None, lasts: str, output_format: str) -> None:
    """Show the alarms that the application needs, their thresholds and where they come from.

    Looks at the project's CDK app, at a template, or with --target at what is deployed there; with --live at what of it
    the account has not.

    \b
    Examples:
      shopfast-obs alarms plan --only error-rate
      shopfast-obs alarms plan --template template.yaml
      shopfast-obs alarms plan --target aws --live --resource 'orders-*'
      shopfast-obs alarms plan --template template.yaml --mute 'cron(0 14 * * TUE)' --mute-for PT20M
    """
    interrupted_changes.mention(app)
    mute = Window(window, lasts) if window else None
    if wanted.template or wanted.into:
        _plan_template(app, wanted, output_format, mute)
        return
    if wanted.live:
        _plan_live(app, wanted, output_format, mute)
        return
    derived = _of_cloud(app, wanted) if app.target_named else derive(app, wanted, may_run=False)
    rules = mute.rules([alarm.name for alarm in derived.alarms], derived.topic) if mute else {}
    if output_format == "json":
        app.terminal.json(
            {
                "alarms": derived.alarms,
                "topic": derived.topic,
                "monthly_cost_usd": round(derived.monthly_cost, 2),
                "not_needed": derived.not_needed,
                "on_queries": derived.on_queries,
                **({"mute_rules": rules} if rules else {}),
            }
        )
        return
    rows = [
        (alarm.name, threshold(alarm.properties), str(alarm.properties["AlarmDescription"])) for alarm in derived.alarms
    ]
    alarm_list.show(app.terminal, rows)
    app.terminal.out(
        f"{len(derived.alarms)} alarms notify {derived.topic}; on AWS about {derived.monthly_cost:.2f} USD a month."
    )
    said(app, derived.on_queries, rules)
    place = f" --target {app.target_name} --live (or --into TEMPLATE)" if app.target_named else ""
    app.terminal.say(f"Next: shopfast-obs alarms apply{place}")


@command.command("apply")
@places
@options.verbose
@options.output("text", "json")
@pass_app
def apply_command(app: App, *, wanted: Wanted, output_format: str) -> None:
    """Write the alarms into the overlay or into a template for the next deploy, or (--live) into the account itself.

    `undo` takes them back. With --live an alarm of that name which somebody else made stays as it is (exit code 1).

    \b
    Examples:
      shopfast-obs alarms apply && shopfast-obs deploy
      shopfast-obs alarms apply --template template.yaml
      shopfast-obs alarms apply --target aws --into serverless.yml
      shopfast-obs alarms apply --target aws --live --resource checkout
    """
    from shopfast_obs.alarms.plan import plan

    interrupted_changes.finish(app)
    if wanted.template or wanted.into:
        _apply_template(app, wanted, output_format)
        return
    if wanted.live:
        from shopfast_obs.cli.targets import account_alarms

        account_alarms.apply(app, account_alarms.planned(app, _of_cloud(app, wanted)), output_format)
        return
    if app.target_named:
        raise UserError(
            "Alarms come from a template, so that the next deployment keeps them, or stand in the account alone.",
            "Say which: --into FILE or --live",
        )
    settings = app.settings
    path = settings.overlay_path
    derived = derive(app, wanted, may_run=True)
    overlay_wiring.require(settings)
    change = plan(derived, settings.overlay, path.read_bytes() if path.exists() else None)
    _apply_files(app, change, settings.root, output_format)


@command.command("wait")
@click.argument("name")
@click.argument("state", metavar="STATE", type=click.Choice(["OK", "ALARM", "INSUFFICIENT_DATA"]))
@click.option("--timeout", default=300.0, show_default=True, metavar="SECONDS", help="Give up after this time.")
@click.option("--hurry", is_flag=True, help="Move the local cloud's clock forward instead of waiting for minutes.")
@click.option(
    "--since", metavar="TIME", help="Count only a state that it took since then: 15m, an ISO time, or deploy."
)
@click.option("--traffic", "scenario", metavar="SCENARIO", help="Send these shoppers meanwhile, two requests a second.")
@options.target
@pass_app
def wait_command(
    app: App, *, name: str, state: str, timeout: float, hurry: bool, since: str | None, scenario: str | None
) -> None:
    """Wait until an alarm has a state. CloudWatch evaluates once a minute; exit 1 when the time is over.

    An alarm over several minutes needs something to happen in more than one of them: that is what --traffic is for.

    \b
    Examples:
      shopfast-obs alarms wait checkout-error-rate ALARM --traffic browse
      shopfast-obs alarms wait checkout-error-rate OK --hurry
      shopfast-obs alarms wait checkout-error-rate ALARM --since deploy
    """
    from shopfast_obs.cli.traffic import shoppers

    asked = time_windows.since(app, since) if since else None
    # the clock of alarms may have been moved already: what is hurried from here on comes after
    begin = asked.window.start + app.cloud().ahead if asked else 0.0
    with contextlib.nullcontext() if scenario is None else shoppers(app, scenario, rps=2, patient=False):
        quick = hurry and scenario is None and state == "OK"
        pace = (QUICK_LOOK, QUICK_STEP) if quick else (LOOK, STEP if hurry else 0.0)
        reached = _wait(app, name, state, timeout, pace, begin)
    if not reached:
        app.terminal.say(f"{name} is not {state} after {timeout:g} s{f', {asked.said}' if asked else ''}.")
    _mention_clock(app)
    if not reached:
        app.exit(EXIT_FINDINGS)


def _mention_clock(app: App) -> None:
    """Say that the times of alarms are not those of the watch on the wall."""
    from shopfast_obs.report.text import length

    ahead = app.cloud().ahead
    if ahead >= 1:
        app.terminal.say(
            f"The local cloud's clock was hurried and is {length(ahead)} ahead: so are times of its alarms."
        )


def _wait(  # noqa: PLR0917 - what is waited for, and how
    app: App, name: str, state: str, timeout: float, pace: tuple[float, float], begin: float = 0.0
) -> bool:
    """True once the alarm has the state, and took it no earlier than `begin`; False when the time is over. The pace:
    seconds between two looks, and by how many the clock is moved at each."""
    from shopfast_obs.cloud.clock import hurried

    ends = time.monotonic() + timeout
    with app.terminal.progress(f"waiting for {name} to be {state}") as progress:
        while time.monotonic() < ends:
            now = next((alarm for alarm in app.cloud().alarms() if alarm.name == name), None)
            if now is None:
                raise UserError(f"There is no alarm {name!r}.", "See: shopfast-obs status")
            if now.state == state and now.changed >= begin:
                app.terminal.out(f"{name} is {state}: {now.reason}")
                return True
            progress.update(f"{name} is {now.state}: {now.reason}")
            if pace[1]:
                hurried(app.target(), pace[1])
            time.sleep(pace[0])
    return False


def _templates(app: App, wanted: Wanted) -> list[Found]:
    from shopfast_obs.cli.targets.template_alarms import find

    path = wanted.template or wanted.into
    assert path is not None
    deployed = app.cloud().inventory() if wanted.into else None
    found, unread = find(path, lambda inventory: _derived(app, inventory, wanted), deployed)
    if unread:
        gaps.end(app, unread, nothing=not found, allowed=True)
        app.terminal.warn(f"Not read, and without alarms: {gaps.named(unread)}")
    return found


def _plan_template(app: App, wanted: Wanted, output_format: str, mute: Window | None) -> None:
    from shopfast_obs.cli.targets.template_alarms import named

    found = _templates(app, wanted)
    alarms = named(found)
    skipped = list(dict.fromkeys(item for one in found for item in one.declared.skipped))
    there = tuple(dict.fromkeys(said for one in found for said in one.declared.derived.on_queries))
    names = [alarm["Properties"]["AlarmName"] for alarm in alarms.values()]
    rules = mute.rules(names, found[0].declared.derived.topic if found else "") if mute else {}
    if output_format == "json":
        more = {"mute_rules": rules} if rules else {}
        app.terminal.json({"alarms": alarms, "not_needed": skipped, "on_queries": there, **more})
        return
    rows = [
        (name, threshold(alarm["Properties"]), str(alarm["Properties"]["AlarmDescription"]))
        for name, alarm in alarms.items()
    ]
    alarm_list.show(app.terminal, rows)
    said(app, there, rules)
    option = f"--into {_quoted(wanted.into)}" if wanted.into else f"--template {_quoted(wanted.template)}"
    app.terminal.say(f"Next: shopfast-obs alarms apply {option}" if alarms else "Nothing in it needs an alarm.")


def _quoted(path: Path | None) -> str:
    return shlex.quote(str(path))


def _plan_live(app: App, wanted: Wanted, output_format: str, mute: Window | None) -> None:
    from shopfast_obs.cli.targets import account_alarms
    from shopfast_obs.model.resources import ALARM

    derived = _of_cloud(app, wanted)
    plan = account_alarms.planned(app, derived)
    rules = mute.rules([alarm.name for alarm in derived.alarms], derived.topic) if mute else {}
    if output_format == "json":
        more = {"mute_rules": rules} if rules else {}
        app.terminal.json({**account_alarms.document(plan), "on_queries": derived.on_queries, **more})
        return
    rows = [
        (change.name, "changed" if change.before else "new", threshold(change.after), change.after["AlarmDescription"])
        for change in plan.definitions
        if change.type == ALARM and change.after
    ]
    alarm_list.show(app.terminal, rows)
    said(app, derived.on_queries, rules)
    for effect in plan.effects:
        app.terminal.say(effect)
    next_ = f"Next: shopfast-obs alarms apply --target {app.target_name} --live"
    app.terminal.say("The account has these alarms already; nothing to change." if plan.empty else next_)


def _apply_template(app: App, wanted: Wanted, output_format: str) -> None:
    from shopfast_obs.cli.targets.template_alarms import plan

    change, root = plan(_templates(app, wanted))
    _apply_files(app, change, root, output_format)


def _apply_files(app: App, change: Plan, root: Path, output_format: str) -> None:
    """Change the overlay or a template, and say what to do next."""
    from shopfast_obs.changes.diff import diff
    from shopfast_obs.changes.engine import apply

    state = app.settings.state_dir
    entry = None if change.empty else apply(change, root, state, project=app.settings.root)
    if output_format == "json":
        said = {"effects": change.effects, "skipped": change.skipped}
        app.terminal.json({"applied": entry.id if entry else None, "diff": diff(change), **said})
        return
    if entry is None:
        where = "template" if change.command.endswith("--template") else "overlay"
        app.terminal.say(f"The {where} has these alarms already; nothing to change.")
        return
    then = "deploy the template." if change.command.endswith("--template") else "shopfast-obs deploy"
    app.terminal.changed(diff(change))
    for effect in change.effects:
        app.terminal.say(effect)
    app.terminal.say(f"Recorded as {entry.id}. Next: {then} (take it back: shopfast-obs undo)")


def _of_cloud(app: App, wanted: Wanted) -> Derived:
    """The alarms for what is deployed; what could not be read is said."""
    inventory = app.cloud().inventory()
    unread = [f"{gap.what}: {gap.reason}" for gap in inventory.gaps]
    if unread:
        gaps.end(app, unread, nothing=not inventory.resources, allowed=True)
        app.terminal.warn(f"Not read, and without alarms: {gaps.named(unread)}")
    return _derived(app, inventory, wanted)


def _derived(app: App, inventory: Inventory, wanted: Wanted) -> Derived:
    """The alarms that were asked for; raises UserError where nothing goes by the names."""
    from shopfast_obs.alarms.needed_alarms import derive as derive_alarms
    from shopfast_obs.alarms.needed_alarms import goes_by

    if wanted.names and not any(goes_by(resource, wanted.names) for resource in inventory.resources):
        raise UserError(
            f"Nothing on {inventory.source} is called {', '.join(wanted.names)}.", "See: shopfast-obs status"
        )
    return derive_alarms(inventory, wanted.kinds, wanted.names, app.settings.runbook_url, app.settings.log_alarm_role)


def _known(only: tuple[str, ...]) -> None:
    """Raise UserError for a kind that the catalogue has not."""
    from shopfast_obs.alarms.catalogue import kinds

    unknown = set(only) - {kind.id for kind in kinds()}
    if unknown:
        known = ", ".join(kind.id for kind in kinds())
        raise UserError(f"There is no alarm kind {sorted(unknown)[0]!r}.", f"There are: {known}.")


def derive(app: App, wanted: Wanted, *, may_run: bool) -> Derived:
    """The alarms for the project as its overlay will make it."""
    from shopfast_obs.cli.application.synthesised import inventory

    return _derived(app, inventory(app.settings, may_run=may_run), wanted)
