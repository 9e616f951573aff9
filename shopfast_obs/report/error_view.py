"""What went wrong in a window, as one view: groups, their log lines, templates, and what the window before had."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from shopfast_obs.analysis.errors.groups import ErrorGroup, error_groups
from shopfast_obs.analysis.logs.templates import LogTemplate, TemplateBuilder
from shopfast_obs.analysis.traces.failures import trace_failures
from shopfast_obs.analysis.traces.tree import tree
from shopfast_obs.model.deployments import Deployment
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import LogEvent, Trace
from shopfast_obs.parse.logs import failures as log_failures
from shopfast_obs.parse.logs.correlation import Line
from shopfast_obs.parse.logs.powertools import LogRecord
from shopfast_obs.parse.read_problems import Unread, defect

TEMPLATES = 100  # of each kind that a view keeps


@record
class ExplainingRule:
    """A rule of `diagnose` whose findings explain a group of errors."""

    id: str
    title: str


@record
class ErrorView:
    """The error groups of a window, and how much was read to find them. `compared` when the window before was read:
    then `new` are the fingerprints that it had not, `gone` the groups that it had. `around` are the log lines of one
    request of a group, and `rules` what explains a group, both by fingerprint; `deployments` are those of the window;
    `sources` say which way log lines were read, and what is exact."""

    groups: tuple[ErrorGroup, ...]
    events: int
    traces: int
    problems: tuple[str, ...] = ()
    compared: bool = False
    new: frozenset[str] = frozenset()
    gone: tuple[ErrorGroup, ...] = ()
    templates: tuple[LogTemplate, ...] = ()
    gone_templates: tuple[LogTemplate, ...] = ()
    around: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()
    rules: Mapping[str, ExplainingRule] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    def ended(self, group: ErrorGroup) -> Deployment | None:
        """The last deployment of the function in which the group began, when there was none of it since."""
        last = [one for one in self.deployments if group.where in one.names]
        return last[-1] if last and group.last < last[-1].time else None


def error_view(
    events: Iterable[LogEvent],
    traces: Iterable[Trace],
    problems: Sequence[str] = (),
    templates: TemplateBuilder | None = None,
    guessed: Collection[str] = (),
) -> ErrorView:
    """The groups of everything that went wrong in these logs and traces; what the functions say is put into `templates`
    on the way. `guessed` are log groups with the name of their file."""
    counted = _Counted(events)
    logs = log_failures.failures(counted, _into(templates) if templates is not None else None)
    return view_of(logs, counted.count, traces, problems, guessed)


def view_of(
    logs: log_failures.LogFailures,
    events: int,
    traces: Iterable[Trace],
    problems: Sequence[str] = (),
    guessed: Collection[str] = (),
) -> ErrorView:
    """The groups of what went wrong in logs, of so many events, and in traces."""
    found: list[Failure] = list(logs.failures)
    requests = dict(logs.traces)
    number, unread = 0, Unread("the window", "traces")
    for number, trace in enumerate(traces, 1):  # noqa: B007 - the count is the result
        unread.read()
        try:
            grown = tree(trace)
            found.extend(trace_failures(grown))
        except Exception as problem:  # one trace of many must not hide what the others tell
            unread.add(defect(problem), trace.id)
            continue
        for segment in grown.nodes:
            request_id = segment.aws.get("request_id")
            if isinstance(request_id, str) and segment.origin.startswith("AWS::Lambda"):
                requests.setdefault(request_id, trace.id)
    said = (*problems, *filter(None, (logs.unread, unread.problem)))
    return ErrorView(error_groups(found, requests, guessed), events, number, said)


def with_before(view: ErrorView, before: ErrorView) -> ErrorView:
    """The view with what is new and gone against the window before."""
    earlier = {group.fingerprint for group in before.groups}
    now = {group.fingerprint for group in view.groups}
    return replace(
        view,
        compared=True,
        new=frozenset(now - earlier),
        gone=tuple(group for group in before.groups if group.fingerprint not in now),
        problems=(*view.problems, *(f"before: {problem}" for problem in before.problems)),
    )


def with_templates(view: ErrorView, now: TemplateBuilder, before: TemplateBuilder | None) -> ErrorView:
    """The view with the templates of the lines, and those that are gone when the window before was read."""
    gone = now.gone(before)[:TEMPLATES] if before else ()
    return replace(view, templates=now.result(before)[:TEMPLATES], gone_templates=gone)


class _Counted:
    """An iterable that knows how many items it gave."""

    def __init__(self, events: Iterable[LogEvent]) -> None:
        self._events, self.count = events, 0

    def __iter__(self) -> Iterator[LogEvent]:
        for self.count, event in enumerate(self._events, 1):  # noqa: B020
            yield event


def _into(templates: TemplateBuilder) -> log_failures.HashReader:
    def heard(event: LogEvent, record: LogRecord) -> None:
        templates.add(event.group, record.level, record.message)

    return heard
