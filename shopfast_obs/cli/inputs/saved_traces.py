"""What reports read: saved files and folders, or the newest of a cloud, one trace at a time."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs.cli.inputs import trace_files
from shopfast_obs.cli.inputs.bounded_files import plain
from shopfast_obs.errors import DeniedError, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.model.telemetry import LogEvent, TimeRange, Trace

LIMIT = 1000
LIMITED = "limited"  # how a problem begins that is none: what was asked for was read
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
    paths: Iterable[Path],
    problems: list[str],
    expression: str = "",
    limit: int | None = None,
    note: Callable[[Trace], object] = lambda _: None,
) -> Iterator[Trace]:
    """The traces of files and folders that match the filter expression, at most the first `limit`; what could not be
    read is added to `problems` on the way, and `note` hears of each trace, also of those that do not match."""
    from shopfast_obs.parse.logs import log_files
    from shopfast_obs.parse.traces import documents

    chosen = files(paths, problems)
    if not chosen and not problems:
        named = ", ".join(str(path) for path in paths)
        raise UserError(f"There is no .json, .jsonl or .log file in {named}.", "Name a file or another folder.")
    if trace_files.are_large(chosen):
        large = trace_files.TraceFiles(chosen, problems).traces()
        return _limited(matching(_noting(large, note), expression), problems, limit)
    contents = ((str(file), plain(file, problems)) for file in chosen)
    traces = ((name, content) for name, content in contents if content is not None and not log_files.has_lines(content))
    found = documents.stream(traces, problems)
    return _limited(matching(_noting(found, note), expression), problems, limit)


def large(paths: Iterable[Path], problems: list[str]) -> trace_files.TraceFiles | None:
    """The files where they are so large that several processes are worth their while; None for others."""
    told: list[str] = []
    chosen = files(paths, told)
    if not trace_files.are_large(chosen):
        return None
    problems += told
    return trace_files.TraceFiles(chosen, problems)


def _noting(traces: Iterator[Trace], note: Callable[[Trace], object]) -> Iterator[Trace]:
    for trace in traces:
        note(trace)
        yield trace


def unread(problems: Iterable[str]) -> list[str]:
    """Those that tell of something that was not read although it was asked for: a limit is no such thing."""
    return [problem for problem in problems if LIMITED not in problem.split(": ")[:2]]


def saved_events(paths: Iterable[Path], problems: list[str], *, only_logs: bool = False) -> Iterator[LogEvent]:
    """The log events of files and folders; those of a file that does not name its group are of the function of its
    name. What could not be read is added to `problems` on the way; where nobody reads the traces, too (`only_logs`),
    also what is neither."""
    from shopfast_obs.parse.logs import log_files
    from shopfast_obs.parse.read_problems import Unread

    for file in files(paths, problems):
        if trace_files.is_of_traces(file):
            continue
        unread, name = Unread(str(file), "events"), group_of(file)
        content, found = plain(file, problems) or b"", False
        for event in log_files.events(name, content, unread):
            found = True
            yield event
        if unread.problem:
            problems.append(unread.problem)
        elif only_logs and content.strip() and not found and not _has_traces(file, content):
            problems.append(f"{file}: no log line in it")


def group_of(file: Path) -> str:
    """The log group of lines that do not name theirs: that of the function with the name of the file."""
    return f"/aws/lambda/{file.name.partition('.')[0]}"


def _has_traces(file: Path, content: bytes) -> bool:
    from shopfast_obs.parse.traces import documents

    return any(True for _ in documents.stream([(str(file), content)], []))


def observed(app: App, window: TimeRange, problems: list[str], expression: str = "", limit: int = LIMIT) -> list[Trace]:
    """The newest traces of the window in the cloud; that there were more is added to `problems`."""
    cloud = app.cloud()
    with app.terminal.progress("Reading traces"):
        # The first part of an id is the time of its trace, in hexadecimal.
        ids = sorted(cloud.trace_ids(window, expression), key=lambda id_: id_[2:10], reverse=True)
        traces = list(_until_refused(cloud.traces(ids[:limit]), len(ids[:limit]), problems))
    if len(ids) > limit:
        problems.append(f"{LIMITED}: the newest {limit} of {len(ids)} traces (--limit)")
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


def files(paths: Iterable[Path], problems: list[str]) -> list[Path]:
    """The files of these paths and of the folders among them; a folder that the system does not open is added to
    `problems`."""
    return [file for path in paths for file in _files(path, problems)]


def _files(path: Path, problems: list[str]) -> list[Path]:
    """The file, or those of a folder; a folder that the system does not open is added to `problems`."""
    if not path.is_dir():
        return [path]
    closed: list[OSError] = []
    names = [Path(here, name) for here, _, names in os.walk(path, onerror=closed.append) for name in names]
    told = [f"{one.filename}: it cannot be read: {one.strerror}" for one in closed]
    problems += [problem for problem in told if problem not in problems]
    return sorted(file for file in names if file.suffix in SUFFIXES and file.is_file())


def matching(traces: Iterator[Trace], expression: str) -> Iterator[Trace]:
    """Those that match the filter expression, all for none."""
    if not expression:
        return traces
    from shopfast_obs.analysis.traces.filter.evaluation import compile_filter
    from shopfast_obs.analysis.traces.filter.parser import FilterError

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
        problems.append(f"{LIMITED}: {limit} of {number} traces (--limit)")
