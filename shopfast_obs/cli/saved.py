"""What reports read: saved files and folders, or the newest of a cloud, one trace at a time."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs.cli.bounded import plain
from shopfast_obs.errors import DeniedError, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.model.telemetry import LogEvent, TimeRange, Trace

LIMIT = 1000
SUFFIXES = (".json", ".jsonl", ".ndjson", ".log", ".gz")


@contextmanager
def few_collections() -> Iterator[None]:
    """Look rarely for garbage that goes in circles: traces are millions of small objects and make none, and looking
    takes a fifth of the time of a report."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def saved(
    paths: Iterable[Path], problems: list[str], expression: str = "", limit: int | None = None
) -> Iterator[Trace]:
    """The traces of files and folders that match the filter expression, at most the first `limit`; what could not be
    read is added to `problems` on the way."""
    from shopfast_obs.parse import documents, logfiles

    files = [file for path in paths for file in _files(path)]
    if not files:
        named = ", ".join(str(path) for path in paths)
        raise UserError(f"There is no .json, .jsonl or .log file in {named}.", "Name a file or another folder.")
    contents = ((str(file), plain(file, problems)) for file in files)
    traces = ((name, content) for name, content in contents if content is not None and not logfiles.has_lines(content))
    found = documents.stream(traces, problems)
    return _limited(_matching(found, expression), problems, limit)


def saved_events(paths: Iterable[Path], problems: list[str]) -> Iterator[LogEvent]:
    """The log events of files and folders; those of a file that does not name its group are of the function of its
    name. What could not be read is added to `problems` on the way."""
    from shopfast_obs.parse import logfiles
    from shopfast_obs.parse.unread import Unread

    for file in (file for path in paths for file in _files(path)):
        unread = Unread(str(file), "events")
        name = f"/aws/lambda/{file.name.partition('.')[0]}"
        yield from logfiles.events(name, plain(file, problems) or b"", unread)
        if unread.problem:
            problems.append(unread.problem)


def observed(app: App, window: TimeRange, problems: list[str], expression: str = "", limit: int = LIMIT) -> list[Trace]:
    """The newest traces of the window in the cloud; that there were more is added to `problems`."""
    cloud = app.cloud()
    with app.terminal.progress("Reading traces"):
        # The first part of an id is the time of its trace, in hexadecimal.
        ids = sorted(cloud.trace_ids(window, expression), key=lambda id_: id_[2:10], reverse=True)
        traces = list(_until_refused(cloud.traces(ids[:limit]), len(ids[:limit]), problems))
    if len(ids) > limit:
        problems.append(f"limited: the newest {limit} of {len(ids)} traces (--limit)")
    return traces


def _until_refused(traces: Iterator[Trace], asked: int, problems: list[str]) -> Iterator[Trace]:
    """The traces until a call is refused, and how many that leaves out; raises when it leaves out all."""
    number = 0
    try:
        for number, trace in enumerate(traces, 1):  # noqa: B007 - the count is the result
            yield trace
    except DeniedError as problem:
        if not number:
            raise
        problems.append(f"{kind_of(problem)}: {number} of {asked} traces were read, because {problem.message}")


def kind_of(problem: DeniedError) -> str:
    """The name of the warning: a call that came too fast is no lack of rights."""
    slow = any(word in problem.message for word in ("Throttl", "TooManyRequests", "RequestLimit", "SlowDown"))
    return "throttled" if slow else "denied"


def since(text: str) -> TimeRange:
    """From then until now."""
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse import duration

    now = time.time()
    return TimeRange(duration.since(text, now), now)


def since_when(text: str) -> str:
    """How a title says it: `in the last 15m`."""
    return f"since {text}" if "-" in text else f"in the last {text}"


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())


def _matching(traces: Iterator[Trace], expression: str) -> Iterator[Trace]:
    if not expression:
        return traces
    from shopfast_obs.analysis.filter_expression import compile_filter
    from shopfast_obs.analysis.filter_grammar import FilterError

    try:
        wanted = compile_filter(expression)
    except FilterError as problem:
        raise UserError(
            f"The filter cannot be read: {problem}.", "Such as: --filter 'fault AND duration > 1'"
        ) from None
    return (trace for trace in traces if wanted.matches(trace))


def _limited(traces: Iterator[Trace], problems: list[str], limit: int | None) -> Iterator[Trace]:
    """The first traces; the rest is only counted."""
    number = 0
    for number, trace in enumerate(traces, 1):
        if limit is None or number <= limit:
            yield trace
    if limit is not None and number > limit:
        problems.append(f"limited: {limit} of {number} traces (--limit)")
