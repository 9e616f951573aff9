"""The HTML file of `report traces` and `report errors`: everything that a source has, in one page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from shopfast_obs.cli.inputs import saved_traces
from shopfast_obs.cli.inputs.failures import failures, readable_traces
from shopfast_obs.cli.inputs.platform_lines import Platform
from shopfast_obs.cli.inputs.telemetry import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shopfast_obs.analysis.traces.call_paths import CallPathBuilder
    from shopfast_obs.analysis.traces.overview.overview import Overview
    from shopfast_obs.analysis.traces.waterfall import Waterfall
    from shopfast_obs.cli.app import App
    from shopfast_obs.cli.inputs.telemetry import Source
    from shopfast_obs.model.telemetry import LogEvent, Trace
    from shopfast_obs.report.error_view import ErrorView
    from shopfast_obs.report.view import Report, Section

REPLAYED = 2_000  # traces that a page replays; it takes a second


def page(app: App, source: Source, subject: Literal["traces", "errors"], *, compare: bool = False) -> str:
    """The file's text; what the command is about stands first and in the title. `compare` errors with the window
    before."""
    from shopfast_obs.analysis.sensitive import Masker
    from shopfast_obs.analysis.traces.call_paths import CallPathBuilder
    from shopfast_obs.analysis.traces.overview.overview import overview
    from shopfast_obs.parse.logs.correlation import by_request
    from shopfast_obs.report.html.data import page_data
    from shopfast_obs.report.html.document import Page, html
    from shopfast_obs.report.html.error_groups import story
    from shopfast_obs.report.html.flame import MOST, flame, flame_section
    from shopfast_obs.report.html.stacks import stacks
    from shopfast_obs.report.html.tiles import tiles
    from shopfast_obs.report.html.trace_selection import telling
    from shopfast_obs.report.masking import masked

    masker = Masker()  # before lines are put together and cut, by which secrets are found no more
    with app.terminal.progress("Reading traces") as progress, saved_traces.few_collections():
        traces = readable_traces(source)
        progress.update("Reading logs")
        events = list(source.events())
        lines = Platform(events)
        found = masked(overview(traces, lines.reports, source.deployments(lines)), masker)
        errors = masked(failures(source, compare=compare, events=events), masker)
        progress.update("Drawing waterfalls")
        wanted = telling(found, errors.groups)
        merged = CallPathBuilder()
        falls = _waterfalls(readable_traces(source), wanted, by_request(events), merged)
        data = page_data(found, (masked(fall, masker) for fall in falls), errors=bool(errors.groups))
        paths = masked(merged.result(MOST), masker)
    data["flame"] = flame(paths)
    report = _with(_report(source, subject, found, errors), [flame_section(paths), _what_would_help(source, found)])
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    about = f"Made {made}. {len(data['waterfalls'])} of {len(found.traces)} traces come with their waterfall."
    stories = tuple(story(group, errors) for group in errors.groups)
    return html(masked(Page(report, about, tiles(found), stacks(found), stories, data), masker))


def _waterfalls(
    traces: Iterable[Trace], wanted: Sequence[str], logs: Mapping[str, Sequence[LogEvent]], merged: CallPathBuilder
) -> Iterator[Waterfall]:
    """The waterfalls of the wanted traces with the lines of their requests, all merged by call path."""
    from shopfast_obs.analysis.traces.waterfall import request_ids, waterfall

    ids = set(wanted)
    for trace in traces:
        with suppress(Exception):  # what is odd about one trace is told elsewhere
            merged.add(trace)
        if trace.id in ids:
            lines = {event: None for name in (trace.id, *request_ids(trace)) for event in logs.get(name, ())}
            yield waterfall(trace, tuple(lines))


def _with(report: Report, more: Sequence[Section]) -> Report:
    """The report with more sections after what customers waited for; those without rows are left out."""
    keys = [section.key for section in report.sections]
    before = next((keys.index(key) for key in ("service-map", "cold-starts", "slowest") if key in keys), len(keys))
    told = (section for section in more if section.rows)
    return replace(report, sections=(*report.sections[:before], *told, *report.sections[before:]))


def _what_would_help(source: Source, found: Overview) -> Section:
    """What the changes bring that the traces suggest; empty for so many traces that replaying them takes long."""
    from shopfast_obs.cli.inputs.replayed_traces import predicted
    from shopfast_obs.report.what_if import what_if_table

    return what_if_table(predicted(source, (), ())[0] if 0 < len(found.traces) <= REPLAYED else ())


def _report(source: Source, subject: str, found: Overview, errors: ErrorView) -> Report:
    """The sections of both reports; error groups say more than the table of failures, and take its place."""
    from shopfast_obs.report.errors import counted, error_table, gone_table, template_table
    from shopfast_obs.report.traces import trace_report

    alarms = source.alarms()
    report = trace_report(found, source.where, errors.problems, alarms, clock(source, alarms), totals=source.totals())
    sections = [section for section in report.sections if section.key != "why-requests-failed"]
    if errors.groups:
        keys = [section.key for section in sections]
        after = "at-a-glance" if subject == "errors" else "service-map"
        place = keys.index(after) + 1 if after in keys else len(keys)
        table = error_table(errors)  # what is missing stands with the quality of the data
        told = replace(table, lines=tuple(line for line in table.lines if line not in errors.problems))
        sections[place:place] = [told, *(table for table in (gone_table(errors), template_table(errors)) if table.rows)]
    title = f"{counted(errors)} {source.where}" if subject == "errors" else report.title
    return replace(report, title=title, sections=tuple(sections))
