"""`report`: what the traces and the errors of a window say, or those of saved files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeVar

    from shopfast_obs.cloud.interface import Cloud
    from shopfast_obs.model.telemetry import LogEvent, TimeRange, Trace
    from shopfast_obs.report.view import Report

    F = TypeVar("F", bound=Callable[..., object])

LIMIT = 1000


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
    "--limit", type=click.IntRange(1), help=f"At most so many, the newest (of a cloud {LIMIT} unless told otherwise)."
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
    from shopfast_obs.report.traces import trace_document, trace_report

    paths = (*inputs, *more_inputs)
    window: TimeRange | None = None
    traces: Iterable[Trace]
    problems: Sequence[str]
    if paths:
        traces, problems = _saved(paths, expression, limit)
        where = f"from {', '.join(str(path) for path in paths)}"
    else:
        window = _window(since)
        traces, problems = _observed(app, window, expression, limit or LIMIT)
        where = _since_when(since)
    found = overview(traces)
    if not found.traces:
        _say_nothing_found(app, where, saved=bool(paths), filtered=bool(expression))
    if output_format == "json":
        app.terminal.json(trace_document(found, window, problems))
    elif found.traces or problems:
        _show(app, trace_report(found, where, problems), output_format)


@command.command("errors")
@_since
@click.option("--limit", default=LIMIT, show_default=True, type=click.IntRange(1), help="At most so many traces.")
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

    window, where = _window(since), _since_when(since)
    cloud = app.cloud()
    problems: tuple[str, ...] = ()
    traces: Iterable[Trace] = ()
    try:
        traces, said = _observed(app, window, "", limit)
        problems = tuple(said)
    except DeniedError as problem:
        problems = (f"denied: no traces, because {problem.message}",)
    with app.terminal.progress("Reading logs"):
        view = error_view(_events(cloud, window), traces, problems)
    if output_format == "json":
        app.terminal.json(error_document(view, window))
    elif view.groups:
        _show(app, error_report(view, where), output_format)
    if not view.groups:
        read = f"{view.events} log events and {view.traces} traces"
        app.terminal.say(f"Nothing went wrong {where}, as far as {read} tell.")
        if not view.events:
            app.terminal.say("There were no log events at all. Next: shopfast-obs traffic --duration 20")


def _events(cloud: Cloud, window: TimeRange) -> Iterator[LogEvent]:
    for group in cloud.groups():
        yield from cloud.events(group, window)


def _since_when(since: str) -> str:
    return f"since {since}" if "-" in since else f"in the last {since}"


def _window(since: str) -> TimeRange:
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse import duration

    now = time.time()
    return TimeRange(duration.since(since, now), now)


def _saved(paths: Iterable[Path], expression: str, limit: int | None) -> tuple[Sequence[Trace], Sequence[str]]:
    """The traces of files and folders, and what could not be read of them."""
    from shopfast_obs.parse import documents

    if expression:
        raise UserError("--filter asks a cloud; it does not work on saved traces.", "Leave out --filter or --input.")
    files = [file for path in paths for file in _files(path)]
    if not files:
        raise UserError(f"There is no .json or .jsonl file in {paths}.", "Name a file or another folder.")
    found = documents.read((str(file), file.read_bytes()) for file in files)
    if limit is not None and len(found.traces) > limit:
        return found.traces[-limit:], (*found.problems, f"limited: {limit} of {len(found.traces)} traces (--limit)")
    return found.traces, found.problems


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in (".json", ".jsonl") and file.is_file())


def _observed(app: App, window: TimeRange, expression: str, limit: int) -> tuple[Iterable[Trace], Sequence[str]]:
    """The newest traces of the window in the cloud."""
    cloud = app.cloud()
    with app.terminal.progress("Reading traces"):
        # The first part of an id is the time of its trace, in hexadecimal.
        ids = sorted(cloud.trace_ids(window, expression), key=lambda id_: id_[2:10], reverse=True)
        traces = list(cloud.traces(ids[:limit]))
    if len(ids) > limit:
        return traces, (f"limited: the newest {limit} of {len(ids)} traces (--limit)",)
    return traces, ()


def _say_nothing_found(app: App, where: str, *, saved: bool, filtered: bool) -> None:
    app.terminal.say(f"There are no traces {where}{' that match the filter' if filtered else ''}.")
    if not saved and not filtered:
        app.terminal.say("Are the functions traced, and was there traffic? Next: shopfast-obs instrument --diff")


def _show(app: App, report: Report, output_format: str) -> None:
    """Print a report as text or as Markdown."""
    if output_format == "markdown":
        from shopfast_obs.report.markdown import markdown

        app.terminal.raw(markdown(report))
        return
    app.terminal.heading(report.title)
    for section in report.sections:
        app.terminal.out()
        if section.rows:
            app.terminal.table(section.columns, section.rows, section.title)
        else:
            app.terminal.heading(section.title)
        for line in section.lines:
            app.terminal.out(line)
