"""`traffic`: seeded, realistic shoppers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import SettingsError, UserError

if TYPE_CHECKING:
    from shopfast_obs.analysis.traffic import Summary
    from shopfast_obs.cloud.traffic import Scenario, Traffic

REFRESH = 0.5  # seconds between two states of the live line


@click.command()
@options.target
@click.option(
    "--duration", default=30.0, show_default=True, metavar="SECONDS", type=click.FloatRange(min=0.1), help="How long."
)
@click.option("--requests", type=click.IntRange(1), metavar="N", help="Stop after so many, if sooner.")
@click.option("--rps", default=2.0, show_default=True, type=click.FloatRange(0.1, 1000), help="Requests a second.")
@click.option("--scenario", default="mixed", show_default=True, help="A scenario of the project's shoppers.")
@click.option("--seed", default=1, show_default=True, help="The same seed sends the same shoppers.")
@options.output("text", "json")
@pass_app
def command(
    app: App, *, duration: float, requests: int | None, rps: float, scenario: str, seed: int, output_format: str
) -> None:
    """Send shoppers to the deployed application and say what they met. Stops by itself; Ctrl-C stops it early.

    \b
    Examples:
      shopfast-obs traffic --scenario browse --duration 20
      shopfast-obs traffic --scenario order --rps 2 --format json
    """
    summary = observed(app, scenario, duration=duration, rps=rps, seed=seed, requests=requests)
    if output_format == "json":
        app.terminal.json({"scenario": scenario, "seed": seed, "rps": rps, **summary.as_mapping()})
    else:
        show(app, summary)


def observed(
    app: App, scenario: str, *, duration: float, rps: float, seed: int = 1, requests: int | None = None
) -> Summary:
    """Send the scenario's shoppers; what they met, what the functions say of it, and how busy this machine was."""
    from shopfast_obs.analysis.traffic import summarize
    from shopfast_obs.cli.inputs.function_durations import predictions, reported
    from shopfast_obs.cloud.machine import Gauge

    gauge = Gauge()
    run = send(app, scenario, duration=duration, rps=rps, seed=seed, requests=requests).run
    ended = time.time()
    if run.defects:
        app.terminal.warn(f"{len(run.defects)} visits broke off, a fault of the scenario: {run.defects[0]}")
    machine = gauge.read() if app.target_name == "local" else None
    seen = reported(app, run.samples)
    summary = summarize(run.samples, ended - run.started, seen.reports, machine)
    return replace(summary, predictions=predictions(app, seen))


def send(
    app: App, scenario: str, *, duration: float, rps: float, seed: int = 1, requests: int | None = None
) -> Traffic:
    """Send the scenario's shoppers for so many seconds (or requests) with a live line; the finished traffic."""
    ends = time.monotonic() + duration
    with shoppers(app, scenario, rps=rps, seed=seed) as traffic:
        try:
            with app.terminal.live() as line:
                while time.monotonic() < ends and (requests is None or len(traffic.run.samples) < requests):
                    time.sleep(min(REFRESH, max(0.0, ends - time.monotonic())))
                    line.update(_live(traffic, ends - time.monotonic()))
        except KeyboardInterrupt:
            app.terminal.say("Stopping: waiting for the answers that are under way.")
    return traffic


@contextmanager
def shoppers(app: App, scenario: str, *, rps: float, seed: int = 1, patient: bool = True) -> Iterator[Traffic]:
    """The scenario's shoppers come while the block runs; at its end the answers that are under way are waited for,
    unless nobody wants to know them."""
    traffic = started(app, scenario, rps=rps, seed=seed)
    try:
        yield traffic
    finally:
        traffic.stop() if patient else traffic.stop(patience=0)


def started(app: App, scenario: str, *, rps: float, seed: int = 1) -> Traffic:
    """The scenario's shoppers, who come until the traffic is stopped."""
    from shopfast_obs.cloud.traffic import Traffic

    traffic = Traffic(_scenario(app, scenario), _outputs(app), rps=rps, seed=seed)
    traffic.start()
    return traffic


def _outputs(app: App) -> dict[str, str]:
    from shopfast_obs.cli.deploy import project
    from shopfast_obs.cli.status import nothing_deployed

    outputs = project(app, app.terminal.say).outputs()
    if not outputs:
        raise nothing_deployed(app)
    return outputs


def _scenario(app: App, name: str) -> Scenario:
    from shopfast_obs.cloud.deploy import project_hooks

    if not app.settings.shoppers:
        raise SettingsError("The project names no shoppers.", "Set [tool.shopfast-obs] shoppers = 'shoppers.py'.")
    scenarios: dict[str, Scenario] = getattr(
        project_hooks.module(app.settings.root, app.settings.shoppers), "SCENARIOS", {}
    )
    if name not in scenarios:
        raise UserError(f"There is no scenario {name!r}.", f"There are: {', '.join(sorted(scenarios)) or 'none'}.")
    return scenarios[name]


def _live(traffic: Traffic, left: float) -> str:
    recent = traffic.run.recent(5.0)
    failed = sum(not sample.ok for sample in recent)
    mean = sum(sample.seconds for sample in recent) / len(recent) if recent else 0.0
    return (
        f"{len(traffic.run.samples)} requests, last 5 s: {len(recent) / 5:.1f}/s, {failed} failed, "
        f"{mean * 1000:.0f} ms on average; {max(0.0, left):.0f} s left"
    )


def show(app: App, summary: Summary) -> None:
    """Print the summary for a person."""
    from shopfast_obs.report import traffic as report

    app.terminal.table(report.COLUMNS, report.rows(summary))
    if functions := report.function_rows(summary):
        app.terminal.table(report.FUNCTION_COLUMNS, functions, report.FUNCTION_TITLE)
    app.terminal.out(
        f"{summary.count} requests in {summary.seconds:.0f} s, {summary.failed} failed (5xx or no answer)."
    )
    for judged in summary.predictions:
        app.terminal.out(judged.sentence)
    if summary.crowded:
        app.terminal.out(summary.crowded)
    if not summary.count:
        app.terminal.say("Not one request was sent: is the duration long enough?")
