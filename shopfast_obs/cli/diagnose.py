"""`diagnose`: what is wrong, with evidence, worst first."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import EXIT_FINDINGS, NotDeployedError, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.terminal import Terminal
    from shopfast_obs.cloud.interface import Cloud
    from shopfast_obs.diagnose.interface import Rule
    from shopfast_obs.model.findings import Diagnosis, Finding, Remedy
    from shopfast_obs.model.resources import Inventory

LEVELS = ("info", "low", "medium", "high", "critical")
MOST_ALIKE = 2  # findings of one rule without harm are listed together from here on


@click.command()
@click.argument("more_templates", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--since", default="15m", show_default=True, metavar="SPAN", help="How far back: 15m, 2h, or an ISO time."
)
@click.option("--stack", "stacks", multiple=True, metavar="NAME", help="Only this stack (repeat).")
@click.option(
    "--template",
    "templates",
    multiple=True,
    metavar="FILE...",
    type=click.Path(path_type=Path),
    help="Look at templates instead of a cloud; needs no credentials. A folder stands for its templates.",
)
@click.option("--only", multiple=True, metavar="RULE", help="Only this rule (repeat).")
@click.option("--skip", multiple=True, metavar="RULE", help="Not this rule (repeat).")
@click.option(
    "--level", type=click.Choice(LEVELS), default="low", show_default=True, help="The least severity to show."
)
@options.target
@options.output("text", "json")
@pass_app
def command(
    app: App,
    *,
    more_templates: tuple[Path, ...],
    since: str,
    stacks: tuple[str, ...],
    templates: tuple[Path, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    level: str,
    output_format: str,
) -> None:
    """Find what is wrong in configuration, logs, metrics and traces, with the evidence and the remedy, worst first.

    Exits with 1 when something is found.

    \b
    Examples:
      shopfast-obs diagnose --since 30m
      shopfast-obs diagnose --only lambda-timeout-kills --format json
      shopfast-obs diagnose --template cdk.out/App.template.json
    """
    from shopfast_obs.diagnose.document import document
    from shopfast_obs.diagnose.engine import catalogue, select
    from shopfast_obs.model.findings import Severity

    rules = select(catalogue(), only, skip)
    if more_templates and not templates:
        raise UserError(f"{more_templates[0]} is not expected here.", "Did you mean --template?")
    if templates:
        diagnosis = of_templates((*templates, *more_templates), rules)
    else:
        diagnosis = of_cloud(app, since, stacks, rules)[0]
    shown = [found for found in diagnosis.findings if found.severity >= Severity[level.upper()]]
    if output_format == "json":
        app.terminal.json(document(diagnosis, shown))
    else:
        show(app.terminal, diagnosis, shown)
    if shown:
        app.exit(EXIT_FINDINGS)


def of_cloud(
    app: App, since: str, stacks: Sequence[str], rules: Sequence[Rule] | None = None
) -> tuple[Diagnosis, Inventory]:
    """The diagnosis of what is deployed; raises CloudUnreachableError or NotDeployedError."""
    from shopfast_obs.cli import sources
    from shopfast_obs.diagnose.collect import collect
    from shopfast_obs.diagnose.engine import diagnose
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse.duration import since as start_of

    now = time.time()
    window = TimeRange(start_of(since, now), now)
    cloud = app.cloud()
    with app.terminal.progress("reading what is deployed") as progress:
        inventory = cloud.inventory(stacks or _project_stacks(app, cloud))
        if not inventory.resources and not inventory.gaps:
            raise NotDeployedError(f"Nothing is deployed on {inventory.source}.", "Run: shopfast-obs deploy")
        progress.update("reading logs, metrics and traces")
        observations = collect(cloud, inventory, window, rules)
    return diagnose(inventory, observations, rules, sources.read(app.settings, inventory)), inventory


def _project_stacks(app: App, cloud: Cloud) -> list[str]:
    """The project's own stacks, when it was synthesised and they are deployed; else none is chosen."""
    from shopfast_obs.cloud import assembly
    from shopfast_obs.cloud.deployment import assembly_dir

    folder = assembly_dir(app.settings)
    if not (folder / "manifest.json").is_file():
        return []
    own = {stack.name for stack in assembly.read(folder)}
    return [stack.name for stack in cloud.stacks() if stack.name in own]


def of_templates(paths: Sequence[Path], rules: Sequence[Rule] | None = None) -> Diagnosis:
    """The diagnosis of template files taken together; raises UserError for one that cannot be read."""
    from shopfast_obs.cli import templates
    from shopfast_obs.diagnose.engine import diagnose

    return diagnose(templates.inventory(paths), None, rules)


def show(terminal: Terminal, diagnosis: Diagnosis, shown: Sequence[Finding]) -> None:
    """Print the findings, worst first, then what could not be decided, then the count."""
    alike: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    for found in shown:
        alike[found.rule, found.severity].append(found)
    said: dict[Remedy, str] = {}
    for findings in alike.values():
        if len(findings) >= MOST_ALIKE and not any(found.harm for found in findings):
            _show_together(terminal, findings)
            _show_advice(terminal, findings[0], said)
        else:
            for found in findings:
                _show_one(terminal, found)
                _show_advice(terminal, found, said)
    _show_undecided(terminal, diagnosis)
    terminal.out(_summary(diagnosis, shown))
    commands = list(dict.fromkeys(found.remedy.command for found in shown if found.remedy.command))
    if commands:
        terminal.say(f"Next: {commands[0].removesuffix(' --apply')}")


def _show_one(terminal: Terminal, found: Finding) -> None:
    terminal.heading(f"{found.severity.name:<8} {found.title}")
    terminal.out(f"         {found.rule}, {found.confidence}")
    for item in found.evidence:
        place = f"  ({item.locator})" if item.locator else ""
        terminal.out(f"    {item.source}: {item.summary}{place}")


def _show_together(terminal: Terminal, findings: Sequence[Finding]) -> None:
    first = findings[0]
    terminal.heading(f"{first.severity.name:<8} {len(findings)} resources: {first.rule}")
    for found in findings:
        terminal.out(f"    {found.title}")


def _show_advice(terminal: Terminal, found: Finding, said: dict[Remedy, str]) -> None:
    """What misleads and what helps; a remedy that was printed already is only named."""
    if found.misleads:
        terminal.out(f"    misleads: {found.misleads}")
    first = said.setdefault(found.remedy, found.rule)
    if first != found.rule:
        terminal.out(f"    remedy: that of {first}")
    else:
        terminal.out(f"    remedy: {found.remedy.summary}")
        if found.remedy.command:
            terminal.out(f"      $ {found.remedy.command}")
    if found.runbook:
        terminal.out(f"    runbook: {found.runbook}")
    terminal.out()


def _show_undecided(terminal: Terminal, diagnosis: Diagnosis) -> None:
    from shopfast_obs.model.findings import NotEnoughData

    reasons: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for outcome in diagnosis.outcomes:
        if isinstance(outcome, NotEnoughData):
            reasons[outcome.reason][outcome.resource] += 1
    if reasons:
        terminal.heading("Not enough data")
    for reason, resources in reasons.items():
        named = ", ".join(f"{name} ({count})" for name, count in list(resources.items())[:6])
        more = f" and {len(resources) - 6} more" if len(resources) > 6 else ""
        terminal.out(f"    {reason}: {named}{more}")
    for gap in diagnosis.gaps:
        terminal.out(f"    could not be read: {gap.what}: {gap.reason}")
    if reasons or diagnosis.gaps:
        terminal.out()


def _summary(diagnosis: Diagnosis, shown: Sequence[Finding]) -> str:
    from shopfast_obs.model.findings import Clear, NotEnoughData, Severity

    counts = [(level, sum(found.severity is level for found in shown)) for level in reversed(Severity)]
    said = ", ".join(f"{count} {level.name.lower()}" for level, count in counts if count) or "nothing found"
    hidden = len(diagnosis.findings) - len(shown)
    if hidden:
        said += f" ({hidden} below the level not shown)"
    clear = sum(isinstance(outcome, Clear) for outcome in diagnosis.outcomes)
    undecided = sum(isinstance(outcome, NotEnoughData) for outcome in diagnosis.outcomes)
    when = ""
    if diagnosis.window:
        start, end = (datetime.fromtimestamp(t, UTC) for t in (diagnosis.window.start, diagnosis.window.end))
        when = f", {start:%Y-%m-%d %H:%M:%S} to {end:%H:%M:%S} UTC"
    return f"{said}; {clear} checks clear, {undecided} without enough data. {diagnosis.source}{when}"
