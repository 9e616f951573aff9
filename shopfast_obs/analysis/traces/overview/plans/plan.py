"""A plan: what the overview of one trace does to a builder, as a function of the numbers of traces of its shape."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from typing import TYPE_CHECKING, Any

from shopfast_obs.analysis.traces.overview.cold_starts import COUNTED, TIMED
from shopfast_obs.analysis.traces.overview.outliers import attributes
from shopfast_obs.analysis.traces.overview.plans.recorded_numbers import Recorded, Recorder
from shopfast_obs.analysis.traces.overview.plans.shapes import Shape, recorded
from shopfast_obs.analysis.traces.overview.plans.unknown import Text, UnplannableError
from shopfast_obs.analysis.traces.overview.summaries import OUTCOMES, Numbered, TraceSummary
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.telemetry import Segment, Trace

if TYPE_CHECKING:
    from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder
    from shopfast_obs.analysis.traces.overview.service_map import Tally

Run = Callable[[str, "list[float]", "list[Segment]", int], bool]
_GIVEN = re.compile(r"\bt(\d+)\b")


class Rows(list[TraceSummary]):
    """Summaries as they were made, of which the numbers are recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []

    def append(self, one: TraceSummary) -> None:
        """Take in one."""
        super().append(one)
        self.ids.append(one.id)


class Plan:
    """One plan. `run` takes a trace into the builder, unless something is otherwise in it than in the recorded one:
    then it returns False and has changed nothing. What is only counted waits for `settle`."""

    def __init__(self, trace: Trace, known: Shape, empty: OverviewBuilder, total: OverviewBuilder) -> None:
        recorder = Recorder()
        empty.add(recorded(trace, known, recorder))
        self._code = _Code(recorder, total, varied=known.varied)
        self.run: Run = self._code.function(empty)

    def settle(self) -> None:
        """Count what `run` left to be counted."""
        times = self._code.runs[0]
        self._code.runs[0] = 0
        for counted, key, by in self._code.counted:
            if isinstance(counted, dict):
                counted[key] += by * times
            else:
                setattr(counted, key, getattr(counted, key) + by * times)


class _Code:
    """The source of `run`. It has no text of the trace in it: values are bound to names."""

    def __init__(self, recorder: Recorder, total: OverviewBuilder, *, varied: bool) -> None:
        self.recorder, self.total, self.varied = recorder, total, varied
        self.values: dict[str, Any] = {}
        self.lines: list[str] = []
        self.runs = [0]
        self.counted: list[tuple[Any, Any, int]] = []

    def function(self, one: OverviewBuilder) -> Run:
        """The function that does to `total` what the one trace did to `one`."""
        self._summary(one)
        self._columns(one)
        self._outliers(one)
        for failure in one.failures:
            fields = ",".join(self._field(value) for value in failure)
            self.lines.append(f"{self._bound(self.total.failures.append)}(new({self._bound(Failure)},({fields},)))")
        self.values |= {"runs": self.runs, "new": tuple.__new__, "inf": math.inf}  # as repr writes it
        count = 1 + max((int(line) for line in self._numbers()), default=-1)
        body = [*self.recorder.lines, *self.lines, "runs[0]+=1", "return True"]
        given = f" ({','.join(f't{place}' for place in range(count))},*_)=numbers" if count else " pass"
        exec("\n ".join(["def run(id,numbers,nodes,row):", given.strip(), *body]), self.values)  # noqa: S102
        made: Run = self.values["run"]
        return made

    def _numbers(self) -> Iterator[str]:
        for line in (*self.recorder.lines, *self.lines):
            yield from _GIVEN.findall(line)

    def _summary(self, one: OverviewBuilder) -> None:
        summaries, (told,) = self.total.summaries, one.summaries
        self.lines.append(f"{self._bound(summaries.ids.append)}(id)")
        for column, value in (
            (summaries.starts, told.start),
            (summaries.durations, told.duration),
            (summaries.responses, told.response),
        ):
            self._add(column, value)
        spent = ",".join(self._number(value) for value in told.breakdown.values())
        self.lines.append(f"{self._bound(summaries.seconds.extend)}(({spent}))")
        for whole, value in (
            (summaries.outcomes, OUTCOMES.index(told.outcome)),
            (summaries.cold, told.cold_starts),
            (summaries.parts, told.parts),
            (summaries.entries, summaries.names.number(self._plain(told.entry_point))),
            (summaries.ways, summaries.paths.number(tuple(map(self._plain, told.critical_path)))),
        ):
            self.lines.append(f"{self._bound(whole.append)}({value})")
        if any(self.recorder.mark in warning for warning in told.warnings):
            texts = ",".join(self._text(warning) for warning in told.warnings)
            number = f"{self._bound(summaries.told.number)}(({texts},))"
        else:
            number = str(summaries.told.number(told.warnings))
        self.lines.append(f"{self._bound(summaries.warnings.append)}({number})")
        self.counted += [(self.total.quality, self._plain(name), count) for name, count in one.quality.items()]

    def _columns(self, one: OverviewBuilder) -> None:
        total = self.total
        for entry, tally in one.entries.items():
            self._tally(total.entries[self._plain(entry)], tally)
        for node, tally in one.map.nodes.items():
            self._tally(total.map.nodes[node], tally)
        for edge, tally in one.map.edges.items():
            self._tally(total.map.edges[edge], tally)
        for function, starts in one.starts.functions.items():
            into = total.starts.functions[function]
            for name in COUNTED:
                self.counted += [(into, name, getattr(starts, name))] if getattr(starts, name) else []
            for name in TIMED:
                self._add_all(getattr(into, name), getattr(starts, name))
        for key, seen in one.patterns.found.items():
            noted = total.patterns.found[key]
            self._add_all(noted.seconds, seen.seconds)
            self.lines += [f"{self._bound(noted.rows.append)}(row)"] * len(seen.seconds)
            self.counted.append((noted, "calls", seen.calls))
        for step, column in one.steps.items():
            self._add_all(total.steps[step].seconds, column.seconds)
            self._add_all(total.steps[step].later, column.later)
            self.lines.append(f"{self._bound(total.steps[step].rows.append)}(row)")

    def _outliers(self, one: OverviewBuilder) -> None:
        outliers = self.total.outliers
        for name, own in one.outliers.entries.items():
            asked = outliers.asked(name)
            self._add_all(asked.seconds, own.seconds)
            self.lines.append(f"{self._bound(asked.failed.append)}({int(own.failed[0])})")
            number = self._bound(_SetNumber(outliers.sets, bool(own.sets[0]), self.varied))
            self.lines.append(f"{self._bound(asked.sets.append)}({number}(nodes))")

    def _bound(self, value: object) -> str:
        name = f"c{len(self.values)}"
        self.values[name] = value
        return name

    def _add_all(self, column: MutableSequence[float], values: Sequence[float]) -> None:
        for value in values:
            self._add(column, value)

    def _add(self, column: MutableSequence[float], value: float) -> None:
        self.lines.append(f"{self._bound(column.append)}({self._number(value)})")

    def _tally(self, into: Tally, own: Tally) -> None:
        self._add_all(into.seconds, own.seconds)
        self.counted += [(into.outcomes, how, count) for how, count in own.outcomes.items() if count]

    def _number(self, value: float) -> str:
        if isinstance(value, Recorded):
            return value.code
        if repr(value) not in ("0", "0.0"):  # what is no time of the trace is nothing
            raise UnplannableError
        return "0.0"

    def _plain(self, text: str) -> str:
        if self.recorder.mark in text:
            raise UnplannableError
        return text

    def _field(self, value: Any) -> str:  # noqa: ANN401 - of a failure
        if isinstance(value, Recorded):
            return self._number(value)  # type: ignore[arg-type]
        if type(value) is Text:
            return value.code
        self._plain(repr(value))
        return self._bound(value)

    def _text(self, value: str) -> str:
        """The code of a text in which others stand for what differs."""
        parts, rest = [], value
        for stand_in, code in self.recorder.texts.items():
            before, found, after = rest.partition(stand_in)
            if found:
                parts += [*([self._bound(self._plain(before))] if before else []), code]
                rest = after
        self._plain(rest)
        parts += [self._bound(rest)] if rest else []
        return "+".join(parts) or "''"


class _SetNumber:
    """The number of the set of attributes; the same for all traces where no part has an annotation of its own."""

    def __init__(self, sets: Numbered, cold: bool, varied: bool) -> None:
        self._sets, self._cold, self._varied, self._known = sets, cold, varied, -1

    def __call__(self, nodes: Sequence[Segment]) -> int:
        if self._varied or self._known == -1:
            self._known = self._sets.number(attributes(nodes, cold=self._cold, reports={}))
        return self._known
