"""`fix`: change the configuration that the evidence speaks against."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.inputs import time_windows
from shopfast_obs.cli.targets import interrupted_changes
from shopfast_obs.errors import EXIT_FINDINGS, UserError
from shopfast_obs.model.counts import plural

if TYPE_CHECKING:
    from shopfast_obs.cli.targets.fix_targets import Asked, ChangeTarget, Provable
    from shopfast_obs.cli.targets.verification_run import Watch
    from shopfast_obs.diagnose.remedies.fixes import Fix


@click.command()
@options.modes()
@click.option("--verify", is_flag=True, help="Apply it, judge it by fresh traffic, undo a broken promise.")
@click.option("--traffic", "scenario", metavar="SCENARIO", help="Shoppers for --verify; without: wait for what comes.")
@click.option("--watch", default="20s", show_default=True, metavar="SPAN", help="How long --verify watches each round.")
@click.option("--rps", default=2.0, show_default=True, type=click.FloatRange(0.1, 1000), help="Requests a second.")
@click.option("--template", type=click.Path(path_type=Path), help="Look at this template and change it; no cloud.")
@click.option("--into", type=click.Path(path_type=Path), help="Look at the cloud, and change this template.")
@click.option("--live", is_flag=True, help="Change the deployed functions themselves, not the overlay.")
@click.option("--since", default="15m", show_default=True, metavar="TIME", help=time_windows.HELP)
@click.option("--stack", "stacks", multiple=True, metavar="NAME", help="Only this stack (repeat).")
@click.option("--only", multiple=True, metavar="RULE", help="Only what this rule finds (repeat).")
@click.option("--skip", multiple=True, metavar="RULE", help="Not what this rule finds (repeat).")
@options.verbose
@options.target
@options.output("text", "json")
@pass_app
def command(
    app: App,
    *,
    mode: str,
    verify: bool,
    scenario: str | None,
    watch: str,
    rps: float,
    template: Path | None,
    into: Path | None,
    live: bool,
    since: str,
    stacks: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    output_format: str,
) -> None:
    """Derive timeout, memory, retention and other safe settings from the evidence, and write them into the overlay for
    the next deploy, into a template, or into the deployed functions.

    Shows the change; with --apply it makes it, and `undo` takes it back. With --verify it is also deployed (with --live
    it is in force at once), watched and taken back when it does not keep its promise (exit code 1). Tracing and logs
    are for `instrument`, alarms for `alarms apply`.

    \b
    Examples:
      shopfast-obs fix
      shopfast-obs fix --apply && shopfast-obs deploy
      shopfast-obs fix --verify --traffic browse
      shopfast-obs fix --target aws --live --verify --watch 1h
      shopfast-obs fix --target aws --since 7d --into template.yaml --apply
    """
    from shopfast_obs.cli.targets import fix_targets
    from shopfast_obs.cli.targets.verification_run import Watch
    from shopfast_obs.parse import duration

    apply_it = mode == "apply"
    if sum((bool(template), bool(into), live)) > 1:
        raise UserError("--template, --into and --live are three places for a change.", "Give one of them.")
    if verify and (template or into):
        raise UserError("--verify judges what runs.", "Leave out --template and --into.")
    if apply_it or verify:
        interrupted_changes.finish(app)
    else:
        interrupted_changes.mention(app)
    asked = fix_targets.Asked(since, stacks, only, skip)
    deployed: Provable = fix_targets.Functions(app) if live else fix_targets.Overlay(app)
    if verify:
        _verify(app, deployed, asked, Watch(scenario or "", duration.seconds(watch), rps), output_format)
        return
    outlet: ChangeTarget = fix_targets.Templates(app, template, into) if template or into else deployed
    fix = outlet.plan(asked)
    applied = outlet.apply(fix) if apply_it and not fix.plan.empty else None
    if output_format == "json":
        app.terminal.json(
            {
                "applied": applied,
                "changes": fix.changes,
                "diff": outlet.diff(fix),
                "effects": fix.plan.effects,
                "predicted": fix.plan.predicted,
                "skipped": fix.plan.skipped,
            }
        )
    else:
        (app.terminal.changed if applied else app.terminal.diff)(outlet.diff(fix))
        _show(app, fix, applied, outlet)


def _verify(app: App, outlet: Provable, asked: Asked, watch: Watch, output_format: str) -> None:
    """Apply the fix, judge it, and say what became of it; exit code 1 for a broken promise."""
    from shopfast_obs.cli.targets import verification_run
    from shopfast_obs.diagnose.remedies.fix_verification import prove
    from shopfast_obs.model.resources import FUNCTION

    fix = outlet.plan(asked)
    inventory = app.cloud().inventory(asked.stacks)
    field = verification_run.DeployedField(app, outlet, asked, inventory, watch)
    names = [function.name for function in inventory.of_type(FUNCTION)]
    before = time_windows.since(app, asked.since).window
    rounds = () if fix.plan.empty else prove(field, fix, field.reports(names, before))
    if output_format == "json":
        app.terminal.json({"rounds": verification_run.document(rounds)})
    elif rounds:
        verification_run.show(app, rounds)
    else:
        app.terminal.say("Nothing to change.")
    if not all(one.kept for one in rounds):
        app.exit(EXIT_FINDINGS)


def _show(app: App, fix: Fix, applied: str | None, outlet: ChangeTarget) -> None:
    terminal = app.terminal
    for effect in fix.plan.effects:
        terminal.say(effect)
    alone: dict[str, list[str]] = defaultdict(list)
    for skipped in fix.plan.skipped:
        alone[skipped.reason].append(skipped.what)
    if terminal.verbose or fix.plan.empty:  # then it is the reason
        for reason, what in alone.items():
            terminal.say(f"Left alone: {', '.join(what)}: {reason}")
    elif alone:
        terminal.say(
            f"Left alone: {plural(len(fix.plan.skipped), 'finding')} for a person or another command (--verbose)"
        )
    if fix.plan.empty:
        terminal.say("Nothing to change.")
    elif applied:
        terminal.say(f"Recorded as {applied}. {outlet.afterwards} (take it back: shopfast-obs undo)")
    else:
        terminal.say("Nothing was written. Next: the same command with --apply")
