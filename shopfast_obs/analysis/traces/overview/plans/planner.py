"""The plans of a builder by the shape of traces: the first of a shape is looked at, others are taken in by a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shopfast_obs.analysis.traces.critical_path import CriticalPath
from shopfast_obs.analysis.traces.overview.outliers import OutlierBuilder
from shopfast_obs.analysis.traces.overview.plans.plan import Plan, Rows
from shopfast_obs.analysis.traces.overview.plans.shapes import Shape, shape
from shopfast_obs.analysis.traces.overview.plans.unknown import UnplannableError
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.model.telemetry import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder

ALIKE = 8  # plans of one shape: times in another order need another one
SHAPES = 2000  # that are remembered
PATIENCE = 20  # plans are made for one of so many traces: to make one takes as long as to look at ten
AT_FIRST = 50
TRIED, WORTH = 500, 5  # after so many traces a plan must have taken in one of so many: to tell shapes costs time too
_NEW: list[Plan] = []


class Planner:
    """Takes traces into a builder, by a plan where there is one."""

    def __init__(self, total: OverviewBuilder, empty: Callable[[], OverviewBuilder]) -> None:
        self._total, self._empty = total, empty
        self._plans: dict[tuple[Any, ...], list[Plan] | None] = {}
        self._traces = self._made = self._taken = 0

    def take(self, trace: Trace) -> bool:
        """True where a plan took in the trace."""
        self._traces += 1
        if self._traces > TRIED and self._taken * WORTH < self._traces:
            return False
        done = self._take(trace)
        self._taken += done
        return done

    def _take(self, trace: Trace) -> bool:
        known = shape(trace)
        plans = self._of_shape(known) if known is not None else None
        if known is None or plans is None:
            return False
        row = len(self._total.summaries)
        for place, plan in enumerate(plans):
            if plan.run(trace.id, known.numbers, known.nodes, row):
                if place:
                    plans[0], plans[place] = plans[place], plans[0]
                return True
        made = self._planned(trace, known, plans)
        return made is not None and made.run(trace.id, known.numbers, known.nodes, row)

    def _of_shape(self, known: Shape) -> list[Plan] | None:
        """The plans of a shape that was seen before; None for one that cannot have any."""
        try:
            found = self._plans.get(known.key, _NEW)
        except TypeError:  # a value that is no key
            return None
        if found is _NEW:
            if len(self._plans) < SHAPES:
                self._plans[known.key] = []
            return None
        return found

    def _planned(self, trace: Trace, known: Shape, plans: list[Plan]) -> Plan | None:
        if len(plans) >= ALIKE or self._made * PATIENCE > self._traces + AT_FIRST * PATIENCE:
            return None
        self._made += 1
        try:
            plans.append(Plan(trace, known, self._empty(), self._total))
        except (Exception, UnplannableError):  # what cannot be planned is looked at
            for plan in plans:  # those that were made before have counted
                plan.settle()
            self._plans[known.key] = None
            return None
        return plans[-1]

    def settle(self) -> None:
        """Count what is left to be counted."""
        for plans in self._plans.values():
            for plan in plans or ():
                plan.settle()


def empty_builder() -> OverviewBuilder:
    """One for a single trace, whose columns keep what its numbers are."""
    from shopfast_obs.analysis.traces.overview.overview import OverviewBuilder

    made = OverviewBuilder(column=list)
    made.summaries = rows = Rows()  # type: ignore[assignment]
    made.patterns.ids = rows.ids
    made.outliers = _Outliers(column=list)
    return made


class _Outliers(OutlierBuilder):
    """In the place of attributes only whether there was a cold start: a plan looks at those of each trace."""

    def add(self, tree: TraceTree, path: CriticalPath, entry_point: str, seconds: float, *, failed: bool) -> None:
        """Take in the one trace."""
        asked = self.asked(entry_point)
        asked.seconds.append(seconds)
        asked.failed.append(failed)
        asked.sets.append(bool(path.cold_starts))
