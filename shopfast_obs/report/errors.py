"""The report on errors: groups from logs and traces together, each with its cause, its way to the customer, a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopfast_obs.analysis.errors.groups import ErrorGroup
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.report.error_view import ErrorView
from shopfast_obs.report.groups import group_name
from shopfast_obs.report.headlines import called
from shopfast_obs.report.json import document, headed
from shopfast_obs.report.logs import line_document, names, text_line, told
from shopfast_obs.report.text import clock, flat, is_of_days, period, plural, shortened, sparkline
from shopfast_obs.report.view import HIDDEN, NARROW, Report, Section

LINE = 300  # characters of a log line that a reader gets
AROUND = 160  # characters of a line around it


def error_document(view: ErrorView, window: TimeRange | None) -> dict[str, Any]:
    """The JSON document: `groups[]`, the most frequent first."""
    body = {
        "window": document(window),
        "groups": document(view.groups),
        "compared": view.compared,
        "new": sorted(view.new),
        "gone": document(view.gone),
        "templates": document(view.templates),
        "gone_templates": document(view.gone_templates),
        "deployments": document(view.deployments),
        "over": [group.fingerprint for group in view.groups if view.ended(group)],
        "around": {fingerprint: [line_document(line) for line in lines] for fingerprint, lines in view.around.items()},
        "rules": document(view.rules),
        "events": view.events,
        "traces": view.traces,
        "sources": list(view.sources),
        "warnings": list(view.problems),
    }
    return headed("errors", body)


def error_report(view: ErrorView, where: str) -> Report:
    """The report for a reader: a table of the groups, each with its story, and what the logs say."""
    stories = (_story(number, group, view) for number, group in enumerate(view.groups, 1))
    sections = (error_table(view), *stories, gone_table(view), template_table(view))
    title = f"{counted(view)} {where}"
    return Report(title, tuple(section for section in sections if section.rows or section.lines))


def counted(view: ErrorView) -> str:
    """`2 error groups, 7 failures`."""
    count = sum(group.count for group in view.groups)
    return f"{plural(len(view.groups), 'error group')}, {plural(count, 'failure')}"


def error_table(view: ErrorView) -> Section:
    """The groups, a row each; `new` where the window before had none of it, `over` where there was none since its
    function was deployed."""
    date = _dated(view)
    rows = [
        (str(number), str(group.count), group_name(group), group.where, _state(group, view),
         sparkline(group.trend) if any(group.trend[1:]) else "", clock(group.last, date=date))
        for number, group in enumerate(view.groups, 1)
    ]  # fmt: skip
    columns = ("#", "n", "error", "where", "", "trend", "last seen")
    over = {called(deployment, group.last): None for group in view.groups if (deployment := view.ended(group))}
    lines = (*(f"over: none since {one}." for one in over), *view.sources, *view.problems)
    return Section("Error groups", lines, columns, tuple(rows), (0, 0, 30, 18, 0, HIDDEN, 0))


def _state(group: ErrorGroup, view: ErrorView) -> str:
    if view.ended(group):
        return "over"
    return "new" if group.fingerprint in view.new else ""


def gone_table(view: ErrorView) -> Section:
    """What the window before had and this one has not."""
    rows = tuple((str(group.count), group_name(group), group.where) for group in view.gone)
    return Section("Gone since the window before", (), ("n", "error", "where"), rows, (0, 46, 22), limit=10)


def template_table(view: ErrorView) -> Section:
    """What the functions say, without its ids; new lines first."""
    rows = [
        (str(one.count), "new" if one.new else "", one.level, one.group.removeprefix("/aws/lambda/"), one.template)
        for one in view.templates
    ]
    rows += [
        (str(one.count), "gone", one.level, one.group.removeprefix("/aws/lambda/"), one.template)
        for one in view.gone_templates
    ]
    columns = ("n", "", "level", "from", "what the log says")
    return Section("Log templates", (), columns, tuple(rows), (0, 0, 0, 16, 36), limit=15)


def _dated(view: ErrorView) -> bool:
    """True where times need their date: the failures are of several days."""
    return is_of_days(*(moment for group in view.groups for moment in (group.first, group.last)))


def _story(number: int, group: ErrorGroup, view: ErrorView) -> Section:
    lines = tuple(f"{name}: {value}" if name else value for name, value in _facts(group, view) if value)
    near = view.around.get(group.fingerprint, ())
    called = names(near, NARROW)
    around = (_bounded(text_line(line, date=_dated(view), called=called), AROUND) for line in near)
    more = ("\n".join(("around it:", *around)),) if near else ()
    rule = view.rules.get(group.fingerprint)
    why = (f"diagnose has a rule for it: {rule.title}", f"Next: shopfast-obs explain {rule.id}") if rule else ()
    return Section(f"{number}. {group_name(group)}  [{group.fingerprint}]", (*lines, *more, *why))


def _bounded(text: str, width: int) -> str:
    """The text with no line longer than this."""
    return "\n".join(shortened(line, width) for line in text.split("\n"))


def _facts(group: ErrorGroup, view: ErrorView) -> Iterator[tuple[str, str]]:
    exemplar = group.exemplars[0]
    times = f"{plural(group.count, 'time')} in {plural(group.requests, 'request')}"
    yield "", f"{times}, {period(group.first, group.last, date=_dated(view))}{_new(group, view)}"
    yield "", f"{group.kind.replace('_', ' ')} in {group.where}, seen in {' and '.join(group.sources)}"
    yield "trend", sparkline(group.trend) if any(group.trend[1:]) else ""
    yield "cause", flat(group.cause)
    yield "at", f"{group.frame[0]}:{group.frame[1]} in {group.frame[2]}" if group.frame else ""
    yield "way to the customer", " -> ".join(group.way) if len(group.way) > 1 else ""
    yield "requests", ", ".join(f"{route} ({n})" for route, n in list(group.entry_points.items())[:4])
    yield "users", str(group.users) if group.users else ""
    yield "", f"{group.suppressed} of them did not reach the customer" if group.suppressed else ""
    yield "trace", exemplar.trace_id
    yield "request", f"{exemplar.request_id} in {exemplar.group}" if exemplar.request_id and exemplar.group else ""
    yield "log", _bounded("\n".join(told(exemplar.line)), LINE) if exemplar.line else ""


def _new(group: ErrorGroup, view: ErrorView) -> str:
    new = "; new, the window before had none" if group.fingerprint in view.new else ""
    deployment = view.ended(group)
    return f"{new}; none since {called(deployment, group.last)}" if deployment else new
