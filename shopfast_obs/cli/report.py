"""`report`: what the traces and the errors of a window say, or those of saved files."""

from __future__ import annotations

import io
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.inputs import saved_traces, time_windows
from shopfast_obs.cli.output import gaps
from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from shopfast_obs.cli.inputs.telemetry import Source
    from shopfast_obs.report.view import Report

    F = TypeVar("F", bound=Callable[..., object])

NEXT = "Such as: aws xray batch-get-traces --trace-ids ID > traces.json (`report errors` reads logs, too)"
EXPORTS = ("otlp", "folded", "speedscope", "perfetto")
NAMED = 3  # files that the next command names


@click.group()
def command() -> None:
    """Report on traces, errors, and what a change would bring.

    \b
    Examples:
      shopfast-obs report traces --since 15m
      shopfast-obs report errors --since 1h --format markdown
      shopfast-obs report traces --input saved-traces/ --format json
      shopfast-obs report what-if --since 1h
    """


def _since(function: F) -> F:
    return click.option("--since", default="15m", show_default=True, metavar="TIME", help=time_windows.HELP)(function)


_inputs = options.inputs("Read saved traces and logs instead of a cloud's: a file or a folder (repeat).")


def _traces(function: F) -> F:
    """Which traces: their time, their files, a filter, and how many."""
    limit = f"At most so many: a cloud's newest ({saved_traces.LIMIT} unless told otherwise), a file's first."
    function = click.option("--limit", type=click.IntRange(1), help=limit)(function)
    chosen = "X-Ray filter expression, such as 'fault'."
    return _since(_inputs(click.option("--filter", "expression", default="", metavar="EXPR", help=chosen)(function)))


def _output(function: F) -> F:
    return click.option(
        "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to stdout."
    )(function)


@command.command("traces")
@_traces
@options.target
@options.allow_partial
@options.output("text", "json", "markdown", "html", "dot", *EXPORTS)
@options.wide
@_output
@pass_app
def traces_command(
    app: App,
    *,
    since: str,
    inputs: tuple[Path, ...],
    expression: str,
    limit: int | None,
    partial: bool,
    output_format: str,
    wide: bool,
    output: Path | None,
) -> None:
    """Entry points, service map, critical path, cold starts and the slowest of many traces.

    html is one file that needs nothing else: charts, waterfalls, a flame graph, error groups, search. dot is the
    service map for Graphviz. otlp is the traces themselves as OpenTelemetry spans, in JSON, for Jaeger, Tempo, a
    collector. folded and speedscope are all traces merged by call path, for flamegraph.pl, inferno and speedscope;
    perfetto is each trace as a process with its services as tracks, for Perfetto.

    \b
    Examples:
      shopfast-obs report traces
      shopfast-obs report traces --since 1h --filter 'fault = true'
      shopfast-obs report traces --input traces/ more.json --format json
      shopfast-obs report traces --format html -o report.html
      shopfast-obs report traces --format dot | dot -Tsvg > map.svg
      shopfast-obs report traces --format otlp -o spans.jsonl
      shopfast-obs report traces --format speedscope -o traces.speedscope.json
    """
    from shopfast_obs.cli.inputs.telemetry import clock, source
    from shopfast_obs.cli.output.html_report import page
    from shopfast_obs.report.json import written
    from shopfast_obs.report.masking import masked
    from shopfast_obs.report.traces import trace_document, trace_report

    read = source(app, inputs, since, expression, limit)
    if output_format == "html":
        _deliver(app, page(app, read, "traces"), output)
        gaps.end(app, saved_traces.unread(read.problems), allowed=partial)
        return
    if output_format in EXPORTS:
        _deliver(app, _exported(app, read, output_format, filtered=bool(expression)), output)
        gaps.end(app, saved_traces.unread(read.problems), allowed=partial)
        return
    with saved_traces.few_collections():
        found = read.overview(read.platform())
    _require_traces(read)
    if not found.traces:
        _say_nothing_found(app, read.where, saved=bool(inputs), filtered=bool(expression))
    if output_format == "dot":
        from shopfast_obs.report.dot import dot

        _deliver(app, dot(masked(found.service_map)), output)
        gaps.end(app, saved_traces.unread(read.problems), allowed=partial)
        return
    alarms, totals = read.alarms(), read.totals()
    if output_format == "json":
        _deliver(app, written(masked(trace_document(found, read.window, read.problems, alarms, totals))), output)
    elif found.traces or read.problems:
        now = clock(read, alarms)
        report = trace_report(masked(found), read.where, read.problems, alarms, now, look=_look(inputs), totals=totals)
        show(app, report, output_format, output, wide=wide)
    gaps.end(app, saved_traces.unread(read.problems), allowed=partial)


@command.command("errors")
@_since
@_inputs
@click.option(
    "--limit",
    type=click.IntRange(1),
    help=f"At most so many traces; of a cloud {saved_traces.LIMIT} unless told otherwise.",
)
@options.target
@options.budget
@click.option("--before/--no-before", default=True, help="Say what is new and gone against the window before.")
@options.allow_partial
@options.output("text", "json", "markdown", "html")
@options.wide
@_output
@pass_app
def errors_command(
    app: App,
    *,
    since: str,
    inputs: tuple[Path, ...],
    limit: int | None,
    budget: float | None,
    before: bool,
    partial: bool,
    output_format: str,
    wide: bool,
    output: Path | None,
) -> None:
    """Groups of errors from logs and traces together, each with its cause and the log line.

    Where a window has many lines, Logs Insights looks for those that tell of failures; the groups and counts are those
    of all lines. The price is said first.

    \b
    Examples:
      shopfast-obs report errors
      shopfast-obs report errors --since 2h --format json
      shopfast-obs report errors --since 1d --target aws --budget 0.50
      shopfast-obs report errors --input traces/ web-log.json --format html -o errors.html
      aws logs tail /aws/lambda/web > web.log && shopfast-obs report errors --input web.log
    """
    from shopfast_obs.cli.inputs.account_logs import AccountLogs
    from shopfast_obs.cli.inputs.failures import failures
    from shopfast_obs.cli.inputs.telemetry import source
    from shopfast_obs.cli.output.html_report import page
    from shopfast_obs.report.errors import error_document, error_report
    from shopfast_obs.report.json import written
    from shopfast_obs.report.masking import masked

    read = source(app, inputs, since, limit=limit, logs=AccountLogs(app, budget, windows=1 + before))
    if output_format == "html":
        _deliver(app, page(app, read, "errors", compare=before), output)
        gaps.end(app, saved_traces.unread(read.problems), allowed=partial)
        return
    with app.terminal.progress("Reading logs"), saved_traces.few_collections():
        view = failures(read, compare=before)
    if output_format == "json":
        _deliver(app, written(masked(error_document(view, read.window))), output)
    elif view.groups:  # masked before lines are put together and cut, by which secrets are found no more
        show(app, error_report(masked(view), read.where), output_format, output, wide=wide)
    if not view.groups:
        told = f"{view.events} log events and {view.traces} traces"
        app.terminal.say(f"Nothing went wrong {read.where}, as far as {told} tell.")
        if not view.events and not inputs:
            following = (
                "shopfast-obs traffic --duration 20" if app.settings.shoppers else "a request, or a longer --since"
            )
            app.terminal.say(f"There were no log events at all. Next: {following}")
    gaps.end(app, saved_traces.unread(view.problems), allowed=partial)


@command.command("what-if")
@_traces
@click.option(
    "--change",
    "changes",
    multiple=True,
    metavar="CHANGE",
    help="instant=CALL, batch=CALL, at-once=CALL, warm=FUNCTION, memory=FUNCTION:MB, timeout=FUNCTION:SECONDS; "
    "* matches (repeat). Without: those that the traces suggest.",
)
@click.option(
    "--measured",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A function's times by memory size, as `tune --format json` writes them (repeat).",
)
@options.target
@options.allow_partial
@options.output("text", "json", "markdown")
@options.wide
@_output
@pass_app
def what_if_command(
    app: App,
    *,
    since: str,
    inputs: tuple[Path, ...],
    changes: tuple[str, ...],
    measured: tuple[Path, ...],
    expression: str,
    limit: int | None,
    partial: bool,
    output_format: str,
    wide: bool,
    output: Path | None,
) -> None:
    """Predict p50 and p95 of each route under a change, by replaying the traces.

    Each trace is replayed as a graph of what waits for what: a call that takes no time (instant), many calls as one
    (batch), calls at the same time (at-once), no cold starts (warm), another MemorySize or Timeout. A CALL is named as
    `report traces` names it, with `SERVICE: ` before it or without. `compare --promise FILE` later says whether a saved
    prediction held.

    \b
    Examples:
      shopfast-obs report what-if --since 1h
      shopfast-obs report what-if --change 'batch=DynamoDB GetItem items' --change 'warm=*'
      shopfast-obs report what-if --change memory=orders:1024 --measured orders.json --format json > promise.json
      shopfast-obs report what-if --input traces/ --change 'instant=orders: GET *'
    """
    from shopfast_obs.analysis.traces.what_if.changes import change
    from shopfast_obs.cli.inputs.replayed_traces import predicted
    from shopfast_obs.cli.inputs.telemetry import source
    from shopfast_obs.report.json import written
    from shopfast_obs.report.masking import masked
    from shopfast_obs.report.what_if import what_if_document, what_if_report

    wanted = [change(text) for text in changes]
    read = source(app, inputs, since, expression, limit)
    with saved_traces.few_collections():
        found, traces = predicted(read, wanted, measured)
    _require_traces(read)
    if not traces:
        _say_nothing_found(app, read.where, saved=bool(inputs), filtered=bool(expression))
    missing = [str(one) for one in wanted if one not in {prediction.change for prediction in found}]
    if traces and missing:
        app.terminal.warn(f"Nothing in {traces} traces changes with {', '.join(missing)}.")
    if output_format == "json":
        _deliver(app, written(masked(what_if_document(found, read.window, read.problems))), output)
    elif found:
        show(app, what_if_report(masked(found), traces, read.where, read.problems), output_format, output, wide=wide)
    elif traces and not wanted:
        app.terminal.say("The traces suggest no change: no call, loop or cold start takes much of the waiting.")
    gaps.end(app, saved_traces.unread(read.problems), allowed=partial)


@command.command("schema")
@click.argument(
    "name", type=click.Choice(["traces", "errors", "trace", "compare", "logs", "diagnosis", "what-if", "promise"])
)
@pass_app
def schema_command(app: App, *, name: str) -> None:
    """Print the JSON Schema of a document that --format json writes.

    \b
    Examples:
      shopfast-obs report schema traces > traces.schema.json
    """
    from shopfast_obs.report.json import written
    from shopfast_obs.report.schema import schema

    app.terminal.raw(written(schema(name)))


def _look(paths: Sequence[Path]) -> str:
    """The command that shows one of these traces, with {id} for its id."""
    named = [str(path) for path in paths] if len(paths) <= NAMED else ["FILE_OR_FOLDER"]
    inputs = "".join(f" --input {shlex.quote(name)}" for name in named).replace("{", "{{").replace("}", "}}")
    return f"shopfast-obs trace {{id}}{inputs}"


def _exported(app: App, read: Source, output_format: str, *, filtered: bool) -> str:
    """The traces in a format of other tools; what could not be read is said."""
    from shopfast_obs.cli.inputs.telemetry import Files
    from shopfast_obs.cli.output.exports import of_traces

    with saved_traces.few_collections():
        text, count, told = of_traces(read.traces(), output_format)
    _require_traces(read)
    for problem in (*read.problems, *told):
        app.terminal.warn(problem)
    if not count:
        _say_nothing_found(app, read.where, saved=isinstance(read, Files), filtered=filtered)
    return text


def _require_traces(read: Source) -> None:
    """Raise UserError for files in which there is no trace at all."""
    from shopfast_obs.cli.inputs.failures import bracketed
    from shopfast_obs.cli.inputs.telemetry import Files

    if isinstance(read, Files) and not read.any_trace:
        raise UserError(f"There is no trace {read.where}{bracketed(read.problems)}.", NEXT)


def _say_nothing_found(app: App, where: str, *, saved: bool, filtered: bool) -> None:
    app.terminal.say(f"There are no traces {where}{' that match the filter' if filtered else ''}.")
    if not saved and not filtered:
        app.terminal.say("Are the functions traced, and was there traffic? Next: shopfast-obs instrument --diff")


def show(app: App, report: Report, output_format: str, output: Path | None = None, *, wide: bool = False) -> None:
    """Print a report as text (`wide`: nothing cut or left out) or as Markdown, or write it to a file; it may be passed
    on, so nothing secret is in it."""
    from shopfast_obs.report.masking import masked

    report = masked(report)
    if output_format == "markdown":
        from shopfast_obs.report.markdown import markdown

        _deliver(app, markdown(report), output)
        return
    if output is None:
        _print(app.terminal, report, wide=wide)
        return
    with io.StringIO() as text:
        _print(Terminal(text), report, wide=wide)
        _deliver(app, text.getvalue(), output)


def _deliver(app: App, text: str, output: Path | None) -> None:
    from shopfast_obs.changes import files

    if output is None:
        app.terminal.raw(text)
        return
    try:
        files.write(output, text.encode(), bits=0o600)
    except OSError as problem:
        raise UserError(f"{output} cannot be written: {problem.strerror}.", "Name another file with -o.") from None
    app.terminal.say(f"Wrote {output} ({len(text.encode()) / 1e6:.1f} MB).")


def _print(terminal: Terminal, report: Report, *, wide: bool) -> None:
    from shopfast_obs.report.layout import paragraph
    from shopfast_obs.report.view import narrow

    width = terminal.page_width
    terminal.heading(report.title)
    for section in report.sections if wide else [narrow(section, width) for section in report.sections]:
        terminal.out()
        for line in paragraph(section.title, width):
            terminal.heading(line)
        if section.rows:
            terminal.table(section.columns, section.rows, whole=wide)
        for line in (section.note, *section.lines) if section.note else section.lines:
            for part in paragraph(line, width):
                terminal.out(part)
