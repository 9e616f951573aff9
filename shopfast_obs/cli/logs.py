"""`logs`: the lines that belong together, across all log groups."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.inputs import cloud_lines, saved_traces, time_windows
from shopfast_obs.cli.inputs.failures import NEXT, bracketed
from shopfast_obs.cli.output import gaps
from shopfast_obs.errors import UserError
from shopfast_obs.parse.templates.physical_names import holding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shopfast_obs.cloud.interface import Cloud
    from shopfast_obs.model.telemetry import LogEvent
    from shopfast_obs.parse.logs.correlation import Line, Wanted

EVERY = 2.0  # seconds between two looks
LATE = 10.0  # seconds by which an event may come after a younger one
_FIELD = re.compile(r"([A-Za-z_][\w.-]*)=(.+)", re.S)


@click.command()
@click.argument("value", default="")
@click.option("--since", default="15m", show_default=True, metavar="TIME", help=time_windows.HELP)
@options.inputs("Read saved logs instead of a cloud's, all of them: a file or a folder (repeat).")
@click.option(
    "--group",
    "part",
    default="",
    metavar="TEXT",
    help="Only log groups with this in the name, or of a construct (Notes/F).",
)
@click.option("--context", default=0, type=click.IntRange(0), metavar="N", help="Also N lines around each match.")
@click.option("--fields", default="", metavar="A,B", help="These fields as columns, such as level,order.id,message.")
@click.option("--follow", is_flag=True, help="Go on with what matches, until Ctrl-C.")
@options.budget
@options.allow_partial
@options.target
@options.output("text", "json", "otlp")
@pass_app
def command(
    app: App,
    *,
    value: str,
    since: str,
    inputs: tuple[Path, ...],
    part: str,
    context: int,
    fields: str,
    follow: bool,
    budget: float | None,
    partial: bool,
    output_format: str,
) -> None:
    """Find the log lines with VALUE, and the other lines of their requests, across all log groups.

    VALUE is a correlation id, a trace id, a request id or any text; `field=value` looks for a field of structured
    lines. Without VALUE every line is shown, in the order of time. otlp is log records of OpenTelemetry in JSON, each
    with the trace of its request. Where a window has many lines, Logs Insights finds them; the price is said first.

    \b
    Examples:
      shopfast-obs logs 1-5e34a614-10bd1234f1fb44f07bc535a1
      shopfast-obs logs correlation_id=8f507cfc --since 1h --context 3
      shopfast-obs logs level=ERROR --fields service,message --follow
      shopfast-obs logs order-7 --input saved-logs/ more.json
    """
    from shopfast_obs.report.json import written
    from shopfast_obs.report.logs import dated, logs_document, names, row, text_line

    if follow and output_format != "text":
        raise click.UsageError("--follow writes lines as they come; leave out --format.")
    if follow and inputs:
        raise click.UsageError("--follow waits for new lines, and saved logs have none; leave out --input.")
    wanted = wanted_of(value)
    problems: list[str] = []
    columns = [name.strip() for name in fields.split(",") if name.strip()]
    with app.terminal.progress("Reading logs"):
        if inputs:
            lines = found_in(inputs, wanted, part, context, problems)
        else:
            asked = time_windows.since(app, since)
            search = cloud_lines.Search(asked.window, wanted, part, context, budget)
            lines = cloud_lines.found(app, search, problems)
    for problem in problems:
        app.terminal.warn(problem)
    date = dated(lines, *(() if inputs else (time.time(),)))
    called = names(lines, app.terminal.page_width)
    if output_format == "json":
        app.terminal.raw(written(logs_document(lines, problems)))
    elif output_format == "otlp":
        from shopfast_obs.report.otlp.log_records import log_lines

        app.terminal.raw("".join(log_lines(lines)))
    elif columns and lines:
        app.terminal.table(["time", "from", *columns], [row(line, columns, date=date, called=called) for line in lines])
    else:
        _print(app, [text_line(line, date=date, called=called) for line in lines])
    if follow:
        for line in followed(app.cloud(), asked.window.end, wanted, part):
            app.terminal.out("  ".join(row(line, columns, date=date)) if columns else text_line(line, date=date))
    elif not lines:
        where = f"in {', '.join(str(path) for path in inputs)}" if inputs else asked.said
        app.terminal.say(f"No log line {where} has {value!r}." if value else f"There are no log lines {where}.")
    gaps.end(app, saved_traces.unread(problems), allowed=partial)


def _print(app: App, lines: Sequence[str]) -> None:
    for line in lines:
        app.terminal.out(line)


def wanted_of(value: str) -> Wanted:
    """What the argument asks for."""
    from shopfast_obs.parse.logs.correlation import Wanted

    field = _FIELD.fullmatch(value)
    if field and not value.startswith("Root="):
        return Wanted(field=field[1], value=field[2])
    return Wanted((value.removeprefix("Root=").partition(";")[0],))


def found_in(inputs: Sequence[Path], wanted: Wanted, part: str, context: int, problems: list[str]) -> tuple[Line, ...]:
    """The lines of saved logs; what could not be read is added to `problems`. Raises UserError when there was no line
    at all, and when no group has the part in its name."""
    from shopfast_obs.cli.inputs.saved_logs import SavedLogs
    from shopfast_obs.parse.logs.correlation import related

    told: list[str] = []
    with SavedLogs(inputs, holding(part), told) as logs:
        lines = related(logs.events(wanted, context), wanted, context)
    saved_traces.tell(told, problems, inputs)
    if not logs.groups:
        where = ", ".join(str(path) for path in inputs)
        raise UserError(f"There is no log line in {where}{bracketed(problems)}.", NEXT)
    if not any(map(holding(part), logs.groups)):
        raise cloud_lines.no_group(part, logs.groups)
    return lines


def followed(
    cloud: Cloud,
    start: float,
    wanted: Wanted,
    part: str,
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.time,
) -> Iterator[Line]:
    """What matches from then on, as it comes, each line once; ends with KeyboardInterrupt."""
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse.logs.correlation import Line

    seen: dict[tuple[str, str, float, str], None] = {}
    pattern = cloud_lines.pattern(wanted)
    try:
        while True:
            sleep(EVERY)
            moment = now()
            fresh: list[LogEvent] = []
            for group in cloud.groups():
                if holding(part)(group):
                    fresh += cloud.events(group, TimeRange(start, moment), pattern)
            for event in sorted(fresh, key=lambda event: event.timestamp):
                key = (event.group, event.stream, event.timestamp, event.message)
                if key not in seen and wanted.matches(event.message):
                    seen[key] = None
                    yield Line(event, "", matched=True, belongs=True)
            start = max(start, moment - LATE)
            for old in [key for key in seen if key[2] < start]:
                del seen[old]
    except KeyboardInterrupt:
        return
