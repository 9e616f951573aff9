"""`fix`: change the configuration that the evidence speaks against."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import EXIT_FINDINGS, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.proving import Watch
    from shopfast_obs.diagnose.fixes import Fix
    from shopfast_obs.model.resources import Inventory


@click.command()
@click.option("--apply", "apply_it", is_flag=True, help="Write the overlay; without it the change is only shown.")
@click.option("--verify", is_flag=True, help="Apply, deploy, and judge it by fresh traffic; undo a broken promise.")
@click.option("--traffic", "scenario", metavar="SCENARIO", help="Shoppers for --verify; without: wait for what comes.")
@click.option("--watch", default="20s", show_default=True, metavar="SPAN", help="How long --verify watches each round.")
@click.option("--rps", default=2.0, show_default=True, type=click.FloatRange(0.1, 1000), help="Requests a second.")
@click.option(
    "--since", default="15m", show_default=True, metavar="SPAN", help="How far back: 15m, 2h, or an ISO time."
)
@click.option("--stack", "stacks", multiple=True, metavar="NAME", help="Only this stack (repeat).")
@click.option("--only", multiple=True, metavar="RULE", help="Only what this rule finds (repeat).")
@click.option("--skip", multiple=True, metavar="RULE", help="Not what this rule finds (repeat).")
@options.target
@options.output("text", "json")
@pass_app
def command(
    app: App,
    *,
    apply_it: bool,
    verify: bool,
    scenario: str | None,
    watch: str,
    rps: float,
    since: str,
    stacks: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    output_format: str,
) -> None:
    """Derive timeout, memory and retention from the evidence, and write them into the overlay for the next deploy.

    Shows the change; with --apply it makes it, and `undo` takes it back. With --verify it is also deployed, watched and
    taken back when it does not keep its promise (exit code 1). Tracing and logs are for `instrument`, alarms for
    `alarms apply`.

    \b
    Examples:
      shopfast-obs fix
      shopfast-obs fix --apply && shopfast-obs deploy
      shopfast-obs fix --verify --traffic browse
    """
    from shopfast_obs.changes import engine
    from shopfast_obs.cli.diagnose import of_cloud
    from shopfast_obs.cli.proving import Watch
    from shopfast_obs.diagnose import fixes
    from shopfast_obs.diagnose.engine import catalogue, select
    from shopfast_obs.parse import duration

    settings = app.settings
    if not settings.app:
        raise UserError(
            f"The project in {settings.root} names no CDK app, so nothing would read the overlay.",
            "Set `app` in [tool.shopfast-obs] of pyproject.toml; diagnose says what to change by hand.",
        )
    diagnosis, inventory = of_cloud(app, since, stacks, select(catalogue(), only, skip))
    path = settings.overlay_path
    before = path.read_bytes() if path.exists() else None
    fix = fixes.plan(diagnosis.findings, inventory, settings.overlay, before)
    if verify:
        _verify(app, fix, inventory, since, Watch(scenario or "", duration.seconds(watch), rps), output_format)
        return
    entry = engine.apply(fix.plan, settings.root, settings.state_dir) if apply_it and not fix.plan.empty else None
    if output_format == "json":
        app.terminal.json(
            {
                "applied": entry.id if entry else None,
                "changes": fix.changes,
                "diff": engine.diff(fix.plan),
                "effects": fix.plan.effects,
                "skipped": fix.plan.skipped,
            }
        )
    else:
        _show(app, fix, entry.id if entry else None)


def _verify(app: App, fix: Fix, inventory: Inventory, since: str, watch: Watch, output_format: str) -> None:  # noqa: PLR0917
    """Apply the fix, judge it, and say what became of it; exit code 1 for a broken promise."""
    from shopfast_obs.cli import proving
    from shopfast_obs.diagnose.proof import prove
    from shopfast_obs.model.resources import FUNCTION
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse.duration import since as start_of

    field = proving.DeployedField(app, inventory, watch)
    now = time.time()
    names = [function.name for function in inventory.of_type(FUNCTION)]
    rounds = () if fix.plan.empty else prove(field, fix, field.reports(names, TimeRange(start_of(since, now), now)))
    if output_format == "json":
        app.terminal.json({"rounds": proving.document(rounds)})
    elif rounds:
        proving.show(app, rounds)
    else:
        app.terminal.say("Nothing to change.")
    if not all(one.kept for one in rounds):
        app.exit(EXIT_FINDINGS)


def _show(app: App, fix: Fix, applied: str | None) -> None:
    from shopfast_obs.changes.engine import diff

    terminal = app.terminal
    terminal.diff(diff(fix.plan))
    for effect in fix.plan.effects:
        terminal.say(effect)
    alone: dict[str, list[str]] = defaultdict(list)
    for skipped in fix.plan.skipped:
        alone[skipped.reason].append(skipped.what)
    for reason, what in alone.items():
        terminal.say(f"Left alone: {', '.join(what)}: {reason}")
    if fix.plan.empty:
        terminal.say("Nothing to change.")
    elif applied:
        terminal.say(f"Recorded as {applied}. Next: shopfast-obs deploy (take it back: shopfast-obs undo)")
    else:
        terminal.say("Nothing was written. Next: shopfast-obs fix --apply")
