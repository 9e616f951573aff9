"""What reports read: saved files and folders, or the newest of a cloud, one trace at a time."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shopfast_obs.cli.inputs import bounded_files, trace_files
from shopfast_obs.errors import DeniedError, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.model.telemetry import LogEvent, TimeRange, Trace

LIMIT = 1000
TELEMETRY = (".json", ".jsonl", ".ndjson", ".log", ".csv", ".gz")  # files of such a name are meant to be read
LIMITED = "limited"  # how a problem begins that is none: what was asked for was read
NAMED = 3  # files by their names
_TRIED = "aws-logs-write-test"  # what an export task leaves in its bucket
_EXPORTED = re.compile(r"\d{6}(?:\.gz)?")
_TASK = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_EXPORTED_STREAM = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\S*\[\S+\][0-9a-f]+)")


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
    from shopfast_obs.parse.traces import documents

    chosen = files(paths, problems)
    if not chosen and not problems:
        named = ", ".join(str(path) for path in paths)
        raise UserError(f"There is no file in {named}.", "Name a file or another folder.")
    told: list[str] = []
    if trace_files.are_large(chosen):
        read = trace_files.TraceFiles(chosen, told).traces()
    else:
        contents = ((str(name), content) for file in chosen for name, content in bounded_files.files(file, problems))
        read = documents.stream(contents, told)
    return _limited(matching(_noting(_telling(read, told, problems, paths), note), expression), problems, limit)


def large(paths: Iterable[Path], problems: list[str]) -> trace_files.TraceFiles | None:
    """The files where they are so large that several processes are worth their while; None for others. Its `problems`
    are its own, for `tell`."""
    told: list[str] = []
    chosen = files(paths, told)
    if not trace_files.are_large(chosen):
        return None
    problems += told
    return trace_files.TraceFiles(chosen, [])


def _telling(traces: Iterator[Trace], told: list[str], problems: list[str], paths: Iterable[Path]) -> Iterator[Trace]:
    yield from traces
    tell(told, problems, paths)


def tell(told: list[str], problems: list[str], paths: Iterable[Path]) -> None:
    """Add what was not read of files to `problems`, of those in folders that are something else in one sentence, which
    is no lack of what was asked for."""
    named = {str(path) for path in paths}
    others = [problem.partition(": ")[0] for problem in told if _is_else(problem, named)]
    problems += [problem for problem in told if not _is_else(problem, named) and problem not in problems]
    if others:
        listed = ", ".join(Path(name).name for name in others[:NAMED]) + (", ..." if len(others) > NAMED else "")
        problems.append(f"{LIMITED}: {_files_were(len(others))} not read, with neither traces nor log lines: {listed}")


def _is_else(problem: str, named: set[str]) -> bool:
    from shopfast_obs.parse.saved.unreadable import NO_TELEMETRY

    name, _, said = problem.partition(": ")
    promised = Path(name).suffix in TELEMETRY and "it is empty" not in said
    return name not in named and not promised and any(sign in said for sign in NO_TELEMETRY)


def _files_were(count: int) -> str:
    return "1 file was" if count == 1 else f"{count} files were"


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

    for path in files(paths, problems):
        if trace_files.is_of_traces(path):
            continue
        for file, content in bounded_files.files(path, problems):
            unread, found = Unread(str(file), "events"), False
            for event in log_files.events(group_of(file), content, unread, stream_of(file)):
                found = True
                yield event
            if unread.problem:
                problems.append(unread.problem)
            elif only_logs and not found:
                problems += [said for said in _unread(file, content) if said not in problems]


def group_of(file: Path) -> str:
    """The log group of lines that do not name theirs: that of the function with the name of the file, or, of what an
    export task wrote, of the folder."""
    named = file
    if _EXPORTED.fullmatch(file.name):
        named = file.parents[2] if len(file.parents) > 2 and _TASK.fullmatch(file.parents[1].name) else file.parents[1]
    return f"/aws/lambda/{named.name.partition('.')[0]}"


def stream_of(file: Path) -> str:
    """The log stream of a file that an export task wrote; empty for any other."""
    found = _EXPORTED_STREAM.fullmatch(file.parent.name) if _EXPORTED.fullmatch(file.name) else None
    return f"{found[1]}/{found[2]}/{found[3]}/{found[4]}" if found else ""


def _unread(file: Path, content: bytes) -> list[str]:
    """Why there is nothing in a file, for those who read no traces."""
    from shopfast_obs.parse.traces import documents

    told: list[str] = []
    for _ in documents.stream([(str(file), content)], told):
        return []
    return told


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
    """The file, or those of a folder but the hidden ones."""
    if not path.is_dir():
        return [path]
    closed: list[OSError] = []
    found: list[Path] = []
    for here, folders, names in os.walk(path, onerror=closed.append):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        found += [Path(here, name) for name in names if not name.startswith(".") and name != _TRIED]
    told = [f"{one.filename}: it cannot be read: {one.strerror}" for one in closed]
    problems += [problem for problem in told if problem not in problems]
    return sorted(file for file in found if file.is_file())


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
