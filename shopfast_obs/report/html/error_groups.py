"""Error groups as the page tells them."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.analysis.errors.groups import ErrorGroup
from shopfast_obs.model.records import record
from shopfast_obs.report.error_view import ErrorView
from shopfast_obs.report.groups import group_name
from shopfast_obs.report.logs import dated, names, text_line
from shopfast_obs.report.text import is_of_days, period, plural, span

WIDTH = 120  # columns of log lines
HIGH = 9.5  # the highest bar of a trend; one that is there at all has at least 1


@record
class ErrorGroupView:
    """One error group: its facts, longer texts with a title each, and a trend as heights of bars."""

    fingerprint: str
    name: str
    times: str
    facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    trend: tuple[float, ...] = ()
    trend_label: str = ""
    rule: tuple[str, str] | None = None  # of diagnose: what it finds, and the command that explains it


def story(group: ErrorGroup, view: ErrorView) -> ErrorGroupView:
    """The story of one group of the view."""
    top = max(group.trend, default=0) or 1
    begin, end = min(one.first for one in view.groups), max(one.last for one in view.groups)
    peak = f"at most {top} in {span((end - begin) / (len(group.trend) or 1))}"
    rule = view.rules.get(group.fingerprint)
    return ErrorGroupView(
        group.fingerprint,
        group_name(group),
        plural(group.count, "time") + (", new" if group.fingerprint in view.new else ""),
        tuple((title, text) for title, text in _facts(group, view) if text),
        tuple(_texts(group, view)),
        tuple(max(1.0, count / top * HIGH) if count else 0.0 for count in group.trend) if any(group.trend[1:]) else (),
        f"{period(begin, end, date=_dated(view))}; {peak}",
        (rule.title, f"shopfast-obs explain {rule.id}") if rule else None,
    )


def _facts(group: ErrorGroup, view: ErrorView) -> Iterator[tuple[str, str]]:
    exemplar = group.exemplars[0]
    yield "Where", group.where
    yield "Kind", group.kind.replace("_", " ")
    yield "Requests", str(group.requests)
    yield "First and last seen", period(group.first, group.last, date=_dated(view))
    yield "Cause", group.cause
    yield "At", f"{group.frame[0]}:{group.frame[1]} in {group.frame[2]}" if group.frame else ""
    yield "Way to the customer", " → ".join(group.way) if len(group.way) > 1 else ""
    yield "Affected", ", ".join(f"{route} ({count})" for route, count in list(group.entry_points.items())[:6])
    yield "Customers unaffected", f"{group.suppressed} of {group.count}" if group.suppressed else ""
    yield "Users", str(group.users) if group.users else ""
    yield "Told by", " and ".join(group.sources)
    yield "Such as", ", ".join(dict.fromkeys(failure.trace_id for failure in group.exemplars if failure.trace_id))
    yield "Request", " in ".join(filter(None, (exemplar.request_id, exemplar.group))) if exemplar.request_id else ""
    yield "Fingerprint", group.fingerprint


def _dated(view: ErrorView) -> bool:
    """True where times need their date: the failures are of several days."""
    return is_of_days(*(moment for group in view.groups for moment in (group.first, group.last)))


def _texts(group: ErrorGroup, view: ErrorView) -> Iterator[tuple[str, str]]:
    exemplar = group.exemplars[0]
    around = view.around.get(group.fingerprint, ())
    if around:
        called = names(around, WIDTH)
        dates = dated(around, group.first, group.last)
        yield "Log lines around it", "\n".join(text_line(line, date=dates, called=called) for line in around)
    if exemplar.line:
        yield "Log line", exemplar.line
    if exemplar.frames:
        yield "Stack", "\n".join(f"{path}:{line} in {label}" for path, line, label in exemplar.frames)
