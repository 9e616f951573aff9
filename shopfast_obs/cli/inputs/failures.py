"""What went wrong in a source, with the window before it and the log lines around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shopfast_obs.cli.inputs import saved_traces
from shopfast_obs.errors import DeniedError, UserError

if TYPE_CHECKING:
    from shopfast_obs.analysis.errors.groups import ErrorGroup
    from shopfast_obs.analysis.logs.templates import TemplateBuilder
    from shopfast_obs.cli.inputs.platform_lines import Platform
    from shopfast_obs.cli.inputs.telemetry import Source
    from shopfast_obs.model.telemetry import LogEvent, Trace
    from shopfast_obs.parse.logs.correlation import Line
    from shopfast_obs.report.error_view import ErrorView, ExplainingRule

STORIES = 10  # groups whose log lines are looked up: each takes some calls
LINE_BEFORE = ("timeout", "out_of_memory", "runtime_exit")  # kinds whose cause is the last line before
NEXT = "aws logs filter-log-events --log-group-name GROUP > web.json (exports, `aws logs tail`, JSON lines do as well)"


def failures(source: Source, *, compare: bool, events: Iterable[LogEvent] | None = None) -> ErrorView:
    """The view of a source; `events` when they are read already, `compare` with the window before. Raises UserError for
    files in which there was nothing to read."""
    from shopfast_obs.analysis.logs.templates import TemplateBuilder
    from shopfast_obs.cli.inputs.platform_lines import Platform
    from shopfast_obs.report.error_view import error_view, with_before, with_templates

    said, said_before = TemplateBuilder(), None
    lines = Platform()
    quick = quick_view(source, said, lines) if events is None else None
    if quick is None:
        said, lines = TemplateBuilder(), Platform()
        told = lines.noting(source.events() if events is None else events)
        view = error_view(told, readable_traces(source), templates=said, guessed=source.guessed)
    else:
        view = quick
    if source.window is None and not view.events and not view.traces:
        raise UserError(_nothing_read(source), NEXT)
    before = source.before() if compare else None
    if before is not None:
        said_before = TemplateBuilder()
        earlier = error_view(before.events(), readable_traces(before), templates=said_before)
        if earlier.events or earlier.traces:  # against nothing everything would be new
            other = tuple(problem for problem in before.problems if problem not in source.problems)
            view = with_before(view, replace(earlier, problems=other))
        else:
            said_before = None
    counted = view.events + source.counted
    view = replace(view, events=counted, sources=tuple(source.sources))
    stories = view.groups[:STORIES]
    near = source.around([group.exemplars[0] for group in stories])
    around = {group.fingerprint: tuple(found) for group, found in zip(stories, near, strict=True)}
    if source.counted:
        view = replace(view, groups=tuple(_caused(group, around.get(group.fingerprint, ())) for group in view.groups))
    deployed = tuple(source.deployments(lines)) if view.groups else ()
    view = replace(
        view,
        around=around,
        deployments=deployed,
        rules=_rules(view.groups),
        problems=(*source.problems, *view.problems),
    )
    return with_templates(view, said, said_before)


def quick_view(source: Source, said: TemplateBuilder, lines: Platform) -> ErrorView | None:
    """The view of saved logs of which each is lines of text in the order of time, read in blocks; None for all else,
    of which every event has to be looked at."""
    from shopfast_obs.cli.inputs.telemetry import Files
    from shopfast_obs.parse.logs import failures as log_failures
    from shopfast_obs.parse.logs.excerpts import UnclearError
    from shopfast_obs.parse.logs.telling_lines import TellingLines
    from shopfast_obs.report.error_view import view_of

    if not isinstance(source, Files):
        return None
    with source.open_lines() as opened:
        if opened is None:
            return None
        files = [TellingLines(group, file, said.add, lambda event: lines.add([event])) for group, file in opened]
        try:
            logs = log_failures.failures(event for file in files for event in lines.noting(file))
            for file in files:
                file.require_seen(failure.request_id for failure in logs.failures)
        except UnclearError:
            return None
    return view_of(logs, sum(file.count for file in files), (), guessed=source.guessed)


def _rules(groups: Sequence[ErrorGroup]) -> dict[str, ExplainingRule]:
    """The rules of `diagnose` that explain groups, by the groups' fingerprints."""
    if not groups:
        return {}
    from shopfast_obs.diagnose.engine import catalogue
    from shopfast_obs.diagnose.explanations import explaining
    from shopfast_obs.report.error_view import ExplainingRule

    found = ((group.fingerprint, explaining(group, catalogue())) for group in groups)
    return {fingerprint: ExplainingRule(rule.id, rule.title) for fingerprint, rule in found if rule is not None}


def _caused(group: ErrorGroup, lines: Sequence[Line]) -> ErrorGroup:
    """The group with its cause from the lines around its newest failure, where those of failures alone tell none."""
    from shopfast_obs.parse.logs.failures import failures as read

    if group.kind not in LINE_BEFORE:
        return group
    found = read([line.event for line in lines]).failures
    newest = group.exemplars[0]
    told = (one.detail for one in found if (one.request_id, one.kind) == (newest.request_id, newest.kind))
    return replace(group, cause=next(told, ""))


def _nothing_read(source: Source) -> str:
    return f"There is neither a trace nor a log event {source.where}{bracketed(source.problems)}."


def bracketed(problems: Sequence[str]) -> str:
    """The first of what could not be read, in brackets; empty when there is nothing."""
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f" ({problems[0]}{more})" if problems else ""


def readable_traces(source: Source) -> Iterable[Trace]:
    """The traces of the source; none, with the reason among its problems, when they may not be read."""
    try:
        return source.traces()
    except DeniedError as problem:
        told = f"{saved_traces.kind_of(problem)}: no traces, because {problem.message}"
        if told not in source.problems:
            source.problems.append(told)
        return ()
