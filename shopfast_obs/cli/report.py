"""`report`: what the traces and the errors of a window say, or those of saved files."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options, saved
from shopfast_obs.cli.app import App, pass_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeVar

    from shopfast_obs.cloud.interface import Cloud
    from shopfast_obs.model.telemetry import AlarmStatus, LogEvent, TimeRange, Trace
    from shopfast_obs.report.view import Report

    F = TypeVar("F", bound=Callable[..., object])

WIDTH = 80  # columns of a text report, on any terminal


@click.group()
def command() -> None:
    """Report on traces and errors.

    \b
    Examples:
      shopfast-obs report traces --since 15m
      shopfast-obs report errors --since 1h --format markdown
      shopfast-obs report traces --input saved-traces/ --format json
    """


def _since(function: F) -> F:
    return click.option(
        "--since", default="15m", show_default=True, metavar="TIME", help="Since when: 90s, 15m, 2h, 1d or an ISO time."
    )(function)


@command.command("traces")
@_since
@click.option(
    "--input",
    "inputs",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Read saved traces instead of a cloud's: a file or a folder (repeat).",
)
@click.argument("more_inputs", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE_OR_FOLDER]...")
@click.option("--filter", "expression", default="", metavar="EXPR", help="X-Ray filter expression, such as 'fault'.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    help=f"At most so many: a cloud's newest ({saved.LIMIT} unless told otherwise), a file's first.",
)
@options.target
@options.output("text", "json", "markdown")
@pass_app
def traces_command(
    app: App,
    *,
    since: str,
    inputs: tuple[Path, ...],
    more_inputs: tuple[Path, ...],
    expression: str,
    limit: int | None,
    output_format: str,
) -> None:
    """Entry points, service map, critical path, cold starts and the slowest of many traces.

    \b
    Examples:
      shopfast-obs report traces
      shopfast-obs report traces --since 1h --filter 'fault = true'
      shopfast-obs report traces --input traces/ more.json --format json
    """
    from shopfast_obs.analysis.traces import overview
    from shopfast_obs.report.json import written
    from shopfast_obs.report.traces import trace_document, trace_report

    paths = (*inputs, *more_inputs)
    window = None if paths else saved.since(since)
    problems: list[str] = []
    alarms: Sequence[AlarmStatus] = ()
    traces: Iterable[Trace]
    if window is None:
        traces = saved.saved(paths, problems, expression, limit)
        where = f"from {', '.join(str(path) for path in paths)}"
    else:
        traces = saved.observed(app, window, problems, expression, limit or saved.LIMIT)
        alarms = _alarms(app, problems)
        where = saved.since_when(since)
    with saved.few_collections():
        found = overview(traces)
    if not found.traces:
        _say_nothing_found(app, where, saved=bool(paths), filtered=bool(expression))
    if output_format == "json":
        app.terminal.raw(written(trace_document(found, window, problems, alarms)))
    elif found.traces or problems:
        show(app, trace_report(found, where, problems, alarms), output_format)


@command.command("errors")
@_since
@click.option("--limit", default=saved.LIMIT, show_default=True, type=click.IntRange(1), help="At most so many traces.")
@options.target
@options.output("text", "json", "markdown")
@pass_app
def errors_command(app: App, *, since: str, limit: int, output_format: str) -> None:
    """Groups of errors from logs and traces together, each with its cause and the log line.

    \b
    Examples:
      shopfast-obs report errors
      shopfast-obs report errors --since 2h --format json
    """
    from shopfast_obs.errors import DeniedError
    from shopfast_obs.report.errors import error_document, error_report, error_view

    window, where = saved.since(since), saved.since_when(since)
    cloud = app.cloud()
    problems: list[str] = []
    traces: Iterable[Trace] = ()
    try:
        traces = saved.observed(app, window, problems, limit=limit)
    except DeniedError as problem:
        problems.append(f"denied: no traces, because {problem.message}")
    with app.terminal.progress("Reading logs"), saved.few_collections():
        view = error_view(_events(cloud, window), traces, problems)
    if output_format == "json":
        app.terminal.json(error_document(view, window))
    elif view.groups:
        show(app, error_report(view, where), output_format)
    if not view.groups:
        read = f"{view.events} log events and {view.traces} traces"
        app.terminal.say(f"Nothing went wrong {where}, as far as {read} tell.")
        if not view.events:
            app.terminal.say("There were no log events at all. Next: shopfast-obs traffic --duration 20")


def _alarms(app: App, problems: list[str]) -> Sequence[AlarmStatus]:
    from shopfast_obs.errors import DeniedError

    try:
        return app.cloud().alarms()
    except DeniedError as problem:
        problems.append(f"denied: no alarms, because {problem.message}")
        return ()


def _events(cloud: Cloud, window: TimeRange) -> Iterator[LogEvent]:
    for group in cloud.groups():
        yield from cloud.events(group, window)


def _say_nothing_found(app: App, where: str, *, saved: bool, filtered: bool) -> None:
    app.terminal.say(f"There are no traces {where}{' that match the filter' if filtered else ''}.")
    if not saved and not filtered:
        app.terminal.say("Are the functions traced, and was there traffic? Next: shopfast-obs instrument --diff")


def show(app: App, report: Report, output_format: str) -> None:
    """Print a report as text or as Markdown."""
    if output_format == "markdown":
        from shopfast_obs.report.markdown import markdown

        app.terminal.raw(markdown(report))
        return
    from shopfast_obs.report.view import narrow

    app.terminal.heading(report.title)
    for section in map(narrow, report.sections):
        app.terminal.out()
        if section.rows:
            app.terminal.table(section.columns, section.rows, section.title)
        else:
            app.terminal.heading(section.title)
        for line in (section.note, *section.lines) if section.note else section.lines:
            for part in textwrap.wrap(line, WIDTH, subsequent_indent="  ") or [""]:
                app.terminal.out(part)
