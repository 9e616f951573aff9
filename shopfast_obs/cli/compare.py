"""`compare`: what changed between two windows, two sets of saved traces, or two saved reports."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.inputs import saved_traces
from shopfast_obs.cli.inputs.failures import bracketed
from shopfast_obs.cli.inputs.telemetry import Files, Source, Window
from shopfast_obs.cli.output import gaps
from shopfast_obs.cli.report import NEXT
from shopfast_obs.errors import UserError

if TYPE_CHECKING:
    from shopfast_obs.analysis.comparison.sample import Sample
    from shopfast_obs.analysis.comparison.trace_diff import TraceDiff
    from shopfast_obs.model.telemetry import TimeRange, Trace

_TRACE = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
F = TypeVar("F", bound=Callable[..., object])


def _more(side: str) -> Callable[[F], F]:
    """`--also-before PATH`: more files of a side that is files."""
    return click.option(
        f"--also-{side}",
        multiple=True,
        type=click.Path(exists=True, path_type=Path),
        metavar="PATH",
        help=f"More files or folders of the side {side.upper()}, where that is one (repeat).",
    )


@click.command()
@click.argument("before", required=False)
@click.argument("after", required=False)
@click.option(
    "--across",
    metavar="DEPLOY",
    help="Instead of both sides: before and after the last deployment (deploy), the one before it (deploy@2), the one "
    "that brought a change of the journal (deploy@0003), or the last of a function or stack (deploy:NAME).",
)
@click.option(
    "--promise",
    "promised",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Instead of BEFORE: a prediction of `report what-if --change CHANGE --format json`; does it hold in AFTER?",
)
@_more("before")
@_more("after")
@click.option("--filter", "expression", default="", metavar="EXPR", help="Only traces that match, on both sides.")
@click.option(
    "--tolerate",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0),
    metavar="PERCENT",
    help="A change of a percentile or of an amount that does not matter.",
)
@click.option(
    "--fail-on",
    "thresholds",
    multiple=True,
    metavar="THRESHOLD",
    help="When to exit with 1 instead of when anything is worse: p95:+20%, p95{GET /orders}:+50ms, p99<800ms, "
    "errors:+1%, cold-starts:+5%, calls:+1, critical-path:+50ms, new-errors, not-enough-data, worse (repeat).",
)
@click.option(
    "--limit", default=saved_traces.LIMIT, show_default=True, type=click.IntRange(1), help="At most so many traces."
)
@options.allow_partial
@options.target
@options.output("text", "json", "markdown")
@options.wide
@options.verbose
@pass_app
def command(
    app: App,
    *,
    before: str | None,
    after: str | None,
    across: str | None,
    promised: Path | None,
    also_before: tuple[Path, ...],
    also_after: tuple[Path, ...],
    expression: str,
    tolerate: float,
    thresholds: tuple[str, ...],
    limit: int,
    partial: bool,
    output_format: str,
    wide: bool,
) -> None:
    """Say what changed from BEFORE to AFTER; exit code 1 when something got worse.

    Each side is a window (`30m..15m`, `15m..`, ISO times with .. between), a file or folder of traces, a report that
    was saved with `report traces --format json`, or a trace id. What counts is unlikely to be an accident (5 % for
    everything together) and large enough to matter; fewer than 20 traces are not enough data, unless they fail
    far more or less often. Two single traces are compared part by part.

    A bound on a change (:+) fails when the change is beyond it and no accident, one on the value after (<) as it
    stands. Errors and cold starts are in percentage points. {PATTERN} names routes, edges or chains.

    \b
    Examples:
      shopfast-obs compare --across deploy
      shopfast-obs compare 30m..15m 15m..
      shopfast-obs compare before.json after.json --format markdown
      shopfast-obs compare traces-main/ traces-branch/ --tolerate 20
      shopfast-obs compare main.json branch.json --fail-on p95:+20% --fail-on errors:+1% --fail-on new-errors
      shopfast-obs compare --promise promise.json 15m..
    """
    from shopfast_obs.analysis.comparison.compare import compare
    from shopfast_obs.analysis.comparison.thresholds import WORSE, check, threshold
    from shopfast_obs.cli.report import show
    from shopfast_obs.report.compare import ComparisonLabels, compare_document, compare_report
    from shopfast_obs.report.json import written

    if promised is not None:
        if before is None or after is not None or across or thresholds:
            raise UserError(
                "--promise takes the place of BEFORE and of every bound.",
                "Such as: compare --promise promise.json 15m..",
            )
        asked_of = _source(app, _Named(before, also_before), expression, limit)
        _judge(app, promised, asked_of, output_format, wide=wide, partial=partial)
        return
    asked = [threshold(text) for text in thresholds]
    named = (_Named(before, also_before), _Named(after, also_after))
    (before, old), (after, new) = _sides(app, named, across, expression, limit)
    found = compare(old.sample, new.sample, tolerate / 100)
    sides = ((before, old), (after, new))
    problems = [f"{side}: {problem}" for side, read in sides for problem in read.problems]
    found = replace(found, warnings=(*found.warnings, *problems))
    checked = check(found, asked)
    parts = _difference(old.alone, new.alone, tolerate / 100)
    told = ComparisonLabels(before, after, checked, parts, whole=app.terminal.verbose)
    if output_format == "json":
        app.terminal.raw(written(compare_document(found, told)))
    else:
        show(app, compare_report(found, told), output_format, wide=wide)
    gaps.end(
        app,
        [f"{side}: {problem}" for side, read in sides for problem in saved_traces.unread(read.problems)],
        failing=any(one.failed for one in checked or check(found, [threshold(WORSE)])),
        allowed=partial,
    )


def _judge(app: App, path: Path, read: Source, output_format: str, *, wide: bool, partial: bool) -> None:
    """Say whether the saved prediction holds for the traces; exit code 1 when it is broken."""
    from shopfast_obs.analysis.traces.tree import tree
    from shopfast_obs.analysis.traces.what_if import promise
    from shopfast_obs.cli.report import show
    from shopfast_obs.report.json import written
    from shopfast_obs.report.promise import promise_document, promise_report

    try:
        said = promise.promise(json.loads(path.read_bytes()))
    except (OSError, ValueError) as problem:
        raise UserError(
            f"{path} cannot be read: {problem}.", "Name what `report what-if --format json` wrote."
        ) from None
    with saved_traces.few_collections():
        judged = promise.judge(said, promise.answers(tree(trace) for trace in read.traces()))
    if output_format == "json":
        app.terminal.raw(written(promise_document(said.change, read.where, judged)))
    else:
        show(app, promise_report(said.change, read.where, judged), output_format, wide=wide)
    broken = any(one.outcome == "broken" for one in judged)
    gaps.end(app, saved_traces.unread(read.problems), failing=broken, allowed=partial)


@dataclass(frozen=True)
class _Named:
    """A side as it was named, and the files that are named besides."""

    said: str | None
    more: tuple[Path, ...] = ()

    @property
    def files(self) -> list[Path]:
        """All of its files; none where it is no file."""
        named = Path(self.said) if self.said else None
        if named is not None and named.exists():
            return [named, *self.more]
        if self.more:
            raise UserError(
                f"{self.said or 'A side without a name'} is no file to which {self.more[0]} could be added.",
                "Such as: compare main/ branch/ --also-after more.json",
            )
        return []


@dataclass(frozen=True)
class _Side:
    """One side; `alone` is its trace when it is just one, `problems` say what could not be read."""

    sample: Sample
    alone: Trace | None = None
    problems: tuple[str, ...] = ()


def _sides(
    app: App, named: tuple[_Named, _Named], across: str | None, expression: str, limit: int
) -> tuple[tuple[str, _Side], tuple[str, _Side]]:
    """Both sides with their names."""
    from shopfast_obs.cli.inputs.across_deployment import sides, sides_of_files

    before, after = (side.said for side in named)
    if across and before is None:
        return sides(app, across, lambda part, name: _of(app, Window(app, part, name, expression, limit), name))
    if across and before and after is None and Path(before).exists():
        files = Files(named[0].files, expression, None)
        return sides_of_files(app, files, across, lambda part, name: _of(app, files.within(part, name), name))
    if across or before is None or after is None:
        raise UserError(
            "compare takes two sides, or --across and at most a file or folder.",
            "Such as: compare 30m..15m 15m.. (or compare --across deploy)",
        )
    old, new = (_side(app, side, expression, limit) for side in named)
    return (before, old), (after, new)


def _of(app: App, read: Source, name: str) -> _Side:
    from shopfast_obs.analysis.comparison.sample import sample

    first: list[Trace] = []
    with saved_traces.few_collections():
        found = sample(_noting(read.traces(), first), read.platform().reports)
    for problem in read.problems:
        app.terminal.warn(f"{name}: {problem}")
    return _Side(found, first[0] if len(first) == 1 else None, tuple(read.problems))


def _side(app: App, side: _Named, expression: str, limit: int) -> _Side:
    with saved_traces.few_collections():
        found = _read(app, side, expression, limit)
    for problem in found.problems:
        app.terminal.warn(f"{side.said}: {problem}")
    return found


def _read(app: App, named: _Named, expression: str, limit: int) -> _Side:
    from shopfast_obs.analysis.comparison.sample import sample

    side, files = str(named.said), named.files
    first: list[Trace] = []
    if files:
        report = _report(files[0]) if len(files) == 1 else None
        if report is not None and expression:
            raise UserError(f"{side} is a saved report, which no filter can look into.", "Leave out --filter.")
        if report is not None:
            return _Side(report)
        read: Source = Files(files, expression, None)
    elif _TRACE.fullmatch(side):
        found = sample(_noting(app.cloud().traces([side]), first))
        if not first:
            raise UserError(f"There is no trace {side}.", "Find one: shopfast-obs report traces")
        return _Side(found, first[0])
    else:
        read = Window(app, window(side, time.time()), side, expression, limit)
    found = sample(_noting(read.traces(), first), read.platform().reports)
    if isinstance(read, Files) and not read.any_trace:
        raise UserError(f"There is no trace {read.where}{bracketed(read.problems)}.", NEXT)
    return _Side(found, first[0] if len(first) == 1 else None, tuple(read.problems))


def _source(app: App, named: _Named, expression: str, limit: int) -> Source:
    """The traces of files, folders or a window."""
    files, side = named.files, str(named.said)
    return Files(files, expression, None) if files else Window(app, window(side, time.time()), side, expression, limit)


def _noting(traces: Iterable[Trace], first: list[Trace]) -> Iterator[Trace]:
    """The traces; the first two are kept, so that one that is alone is known."""
    for trace in traces:
        if len(first) < 2:
            first.append(trace)
        yield trace


def _difference(before: Trace | None, after: Trace | None, tolerance: float) -> TraceDiff | None:
    if before is None or after is None:
        return None
    from shopfast_obs.analysis.comparison.trace_diff import trace_diff
    from shopfast_obs.analysis.traces.tree import tree

    return trace_diff(tree(before), tree(after), tolerance)


def _report(path: Path) -> Sample | None:
    """The sample of a file that is a saved report, else None."""
    import orjson

    from shopfast_obs.cli.inputs import bounded_files
    from shopfast_obs.report.saved import is_report, sample_of

    if path.is_dir():
        return None
    content = bounded_files.content(path)
    if b'"entry_points"' not in content:
        return None
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return sample_of(value) if is_report(value) else None


def window(text: str, now: float) -> TimeRange:
    """The window of `30m..15m`, `15m..` or `15m`: how long ago, or ISO times. Raises UserError."""
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse import duration

    first, _, last = text.partition("..")
    try:
        start = duration.since(first, now)
        end = duration.since(last, now) if last and last != "now" else now
    except UserError as problem:
        raise UserError(
            f"{text!r} is no file, no trace id and no window: {problem.message}",
            "A window is 30m..15m, 15m.. or two ISO times with .. between.",
        ) from None
    if end <= start:
        raise UserError(f"The window {text!r} ends before it begins.", "The older end comes first: 30m..15m")
    return TimeRange(start, end)
