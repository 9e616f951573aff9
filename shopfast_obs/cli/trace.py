"""`trace`: one trace as a waterfall, with its critical path and its log lines in place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.inputs import saved_traces
from shopfast_obs.cli.inputs.failures import bracketed
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.model.telemetry import LogEvent, Trace

PARTS = 60
EXPORTS = ("otlp", "speedscope", "perfetto")
_ID = re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}")
AROUND = 5.0  # seconds around a trace in which its log lines may lie: two clocks, and the REPORT comes late


@click.command()
@click.argument("trace_id", metavar="ID")
@options.inputs("Look in saved traces and logs instead of a cloud's: a file or a folder (repeat).")
@click.option("--all", "everything", is_flag=True, help=f"Every part, not only the {PARTS} that matter most.")
@click.option("--no-logs", is_flag=True, help="Without log lines.")
@options.target
@options.output("text", "json", *EXPORTS)
@click.option("--json", "output_format", flag_value="json", help="The same as --format json.")
@pass_app
def command(
    app: App, *, trace_id: str, inputs: tuple[Path, ...], everything: bool, no_logs: bool, output_format: str
) -> None:
    """Show one trace: a waterfall with critical path, own time, cold starts, retries, errors and log lines.

    The parts that the customer waited for are marked with *. speedscope and perfetto are the same parts for these
    viewers: the path to the answer in the order of time, and each service as a track.

    \b
    Examples:
      shopfast-obs trace 1-5e34a614-10bd1234f1fb44f07bc535a1
      shopfast-obs trace 1-5e34a614-10bd1234f1fb44f07bc535a1 --input traces.jsonl web.log --format json
      shopfast-obs trace 1-5e34a614-10bd1234f1fb44f07bc535a1 --format perfetto > trace.json
    """
    from shopfast_obs.analysis.traces.waterfall import waterfall
    from shopfast_obs.report.json import written
    from shopfast_obs.report.waterfall import waterfall_document, waterfall_lines

    wanted = _id(trace_id)
    problems: list[str] = []
    trace = _saved(inputs, wanted, problems) if inputs else _of_cloud(app, wanted)
    if output_format in EXPORTS:
        from shopfast_obs.cli.output.exports import of_trace

        app.terminal.raw(of_trace(trace, output_format))
        return
    events = [] if no_logs else _saved_logs(inputs, trace, problems) if inputs else _logs(app, trace, problems)
    fall = waterfall(trace, events)
    limit = len(fall.rows) if everything else PARTS
    for problem in problems:
        app.terminal.warn(problem)
    if output_format == "json":
        app.terminal.raw(written(waterfall_document(fall, limit)))
        return
    app.terminal.heading(f"Trace {wanted}")
    for line in waterfall_lines(fall, limit, app.terminal.page_width):
        app.terminal.out(line)


def _id(text: str) -> str:
    """X-Ray's form of the id, from a header, OpenTelemetry's form or itself."""
    from shopfast_obs.parse.logs import platform
    from shopfast_obs.parse.traces.otlp import xray_id

    found = platform.trace_id(text) or xray_id(text.strip())
    if not _ID.fullmatch(found):
        raise UserError(
            f"{text[:80]!r} is no trace id.",
            "It looks like 1-5e34a614-10bd1234f1fb44f07bc535a1. Find one: shopfast-obs report traces (another id or a "
            "text: shopfast-obs logs VALUE)",
        )
    return found


def _saved(inputs: tuple[Path, ...], trace_id: str, problems: list[str]) -> Trace:
    found = next((trace for trace in saved_traces.saved(inputs, problems) if trace.id == trace_id), None)
    if found is None:
        raise UserError(
            f"Trace {trace_id} is not in {', '.join(str(path) for path in inputs)}{bracketed(problems)}.",
            "shopfast-obs report traces --input FILE lists the slowest; --format json has all ids",
        )
    return found


def _of_cloud(app: App, trace_id: str) -> Trace:
    found = next(iter(app.cloud().traces([trace_id])), None)
    if found is None or not found.segments:
        raise UserError(
            f"There is no trace {trace_id}; it may have been sampled out, or be older than 30 days.",
            "Next: shopfast-obs report traces",
        )
    return found


def _saved_logs(inputs: tuple[Path, ...], trace: Trace, problems: list[str]) -> list[LogEvent]:
    """The lines of saved logs beside the trace that name it or one of its requests, and the rest of those requests."""
    from shopfast_obs.analysis.traces.waterfall import request_ids
    from shopfast_obs.parse.logs.correlation import Wanted, related

    found = related(saved_traces.saved_events(inputs, problems), Wanted((trace.id, *request_ids(trace))))
    return [line.event for line in found if line.belongs]


def _logs(app: App, trace: Trace, problems: list[str]) -> list[LogEvent]:
    """The lines of the trace's functions that name it or one of its requests, and the rest of those requests."""
    from shopfast_obs.analysis.traces.waterfall import LAMBDA_LOGS, functions, request_ids
    from shopfast_obs.errors import DeniedError
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse.logs.correlation import Wanted, related

    parts = list(trace.walk())
    ends = [part.end for part in parts if part.end is not None]
    starts = [part.start for part in parts]
    window = TimeRange(min(starts) - AROUND, max([*ends, *starts]) + AROUND)
    cloud = app.cloud()
    events: list[LogEvent] = []
    try:
        for function in functions(trace):
            events += cloud.events(LAMBDA_LOGS + function, window)
    except DeniedError as problem:
        problems.append(f"denied: no log lines, because {problem.message}")
    found = related(events, Wanted((trace.id, *request_ids(trace))))
    return [line.event for line in found if line.belongs]
