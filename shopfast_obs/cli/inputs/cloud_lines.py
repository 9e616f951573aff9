"""The log lines of a cloud that carry a value, with the other lines of their requests: read group by group, or where
there are many lines found by queries of Logs Insights and completed by narrow calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shopfast_obs.cli.inputs import saved_traces
from shopfast_obs.cli.inputs.account_logs import AccountLogs
from shopfast_obs.cli.output.nearest_names import near
from shopfast_obs.errors import DeniedError, UserError
from shopfast_obs.model.counts import plural
from shopfast_obs.model.records import record
from shopfast_obs.parse.templates.physical_names import holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shopfast_obs.cli.app import App
    from shopfast_obs.cloud.interface import LogVolume
    from shopfast_obs.model.telemetry import LogEvent, TimeRange
    from shopfast_obs.parse.logs.correlation import Line, Wanted

AROUND = 60.0  # seconds before the first match and after the last in which the rest of its request lies
HITS, STREAMS = 1000, 20  # matches that are fetched, and streams whose other lines are read


@record
class Search:
    """What is looked for in a window: in groups with a part of a name, with so many lines around each match. `budget`
    is what queries may cost in USD."""

    window: TimeRange
    wanted: Wanted
    part: str = ""
    context: int = 0
    budget: float | None = None


def found(app: App, search: Search, problems: list[str]) -> tuple[Line, ...]:
    """The lines of all groups; only those with a match are read beyond it. A group that may not be read is added to
    `problems`; raises DeniedError when none may, and UserError when no group has the part in its name, or when queries
    would cost more than the budget."""
    from shopfast_obs.parse.logs.correlation import related

    volumes = app.cloud().log_volumes(search.window)
    chosen = [volume for volume in volumes if holding(search.part)(volume.group)]
    if search.part and not chosen:
        raise no_group(search.part, [volume.group for volume in volumes])
    text = pattern(search.wanted)
    events: list[LogEvent] = []
    groups = [volume.group for volume in chosen]
    if text:
        plan = AccountLogs(app, search.budget, scans=1).plan(search.window, chosen)
        try:
            events += _queried(app, plan.queried, search) if plan.queried else ()
            groups = list(plan.read)
        except DeniedError as problem:
            app.terminal.say(f"The lines are read by FilterLogEvents, because {problem.message}")
    return related([*events, *_read(app, groups, search, problems)], search.wanted, search.context)


def pattern(wanted: Wanted) -> str:
    """CloudWatch's pattern for the text, so that only lines with it are sent; empty where it cannot be said."""
    text = _text(wanted)
    return f'"{text}"' if text and '"' not in text and "\\" not in text else ""


def no_group(part: str, groups: Iterable[str]) -> UserError:
    """The error for a part of a name that no group has."""
    return UserError(f"No log group has {part!r} in its name.", near(part, groups))


def _text(wanted: Wanted) -> str:
    return wanted.value or (wanted.texts[0] if wanted.texts else "")


def _queried(app: App, volumes: Sequence[LogVolume], search: Search) -> list[LogEvent]:
    """The newest matches, and what their streams say around them."""
    from shopfast_obs.model.telemetry import TimeRange

    cloud = app.cloud()
    found = cloud.holding_lines(volumes, search.window, _text(search.wanted), HITS)
    times: dict[tuple[str, str], list[float]] = {}
    for event in sorted(found.events, key=lambda event: -event.timestamp):
        times.setdefault((event.group, event.stream), []).append(event.timestamp)
    events = {_key(event): event for event in found.events}
    for (group, stream), moments in list(times.items())[:STREAMS]:
        start = max(search.window.start, min(moments) - AROUND)
        around = TimeRange(start, min(search.window.end, max(moments) + AROUND))
        events |= {_key(event): event for event in cloud.stream_lines(group, stream, around)}
    told = f"Logs Insights looked at {found.scanned:,} lines of {plural(len(volumes), 'group')}"
    app.terminal.say(f"{told} and found {plural(found.failing, 'line')}.")
    for note in found.notes:
        app.terminal.say(f"{note}.")
    if len(times) > STREAMS:
        app.terminal.say(f"sampled: other lines of the requests are of the newest {STREAMS} of {len(times)} streams.")
    return list(events.values())


def _key(event: LogEvent) -> tuple[str, str, float, str]:
    return event.group, event.stream, event.timestamp, event.message


def _read(app: App, groups: Sequence[str], search: Search, problems: list[str]) -> list[LogEvent]:
    events: list[LogEvent] = []
    for group in groups:
        try:
            events += _of_group(app, group, search)
        except DeniedError as problem:
            problems.append(f"{saved_traces.kind_of(problem)}: no log lines of {group}, because {problem.message}")
            if len(problems) == len(groups):
                raise
    return events


def _of_group(app: App, group: str, search: Search) -> list[LogEvent]:
    from shopfast_obs.model.telemetry import TimeRange

    cloud, window, text = app.cloud(), search.window, pattern(search.wanted)
    hits = list(cloud.events(group, window, text))
    if text and hits:
        start = max(window.start, hits[0].timestamp - AROUND)
        end = min(window.end, hits[-1].timestamp + AROUND)
        hits = list(cloud.events(group, TimeRange(start, end)))
    return hits
