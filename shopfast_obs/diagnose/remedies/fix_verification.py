"""A fix is deployed, watched and judged by what it promised; what does not keep its promise is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from shopfast_obs.analysis.sizing.prediction import SizePrediction, Verdict, behaviour, judge, promise
from shopfast_obs.analysis.sizing.prediction_outcome import Judged, judged
from shopfast_obs.diagnose.remedies.fixes import Fix
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION
from shopfast_obs.model.telemetry import InvocationReport, TimeRange

ROUNDS = 2  # what nothing can be promised of is learned in the first and proven in the second

Reports = Mapping[str, Sequence[InvocationReport]]


class Field(Protocol):
    """Where a fix is tried."""

    def apply(self, fix: Fix) -> str:
        """Make the change and bring it into force; the id of its journal entry."""
        ...

    def undo(self, entry: str) -> None:
        """Take the change back and bring that into force."""
        ...

    def watch(self) -> TimeRange:
        """Let the application work for a while, in each round in the same way; the window of it."""
        ...

    def reports(self, functions: Sequence[str], window: TimeRange) -> Reports:
        """The REPORT lines of the functions in the window."""
        ...

    def plan(self, functions: Sequence[str], window: TimeRange) -> Fix:
        """What a diagnosis of the window would change of the functions now."""
        ...


@record
class VerificationRound:
    """One change (`entry` is empty when nothing had to be changed), what became of its promises, and the change that
    was taken back for that (empty: none); `predictions` are those that the fix itself showed."""

    entry: str
    verdicts: tuple[Verdict, ...]
    undone: str = ""
    predictions: tuple[Judged, ...] = ()

    @property
    def kept(self) -> bool:
        """True when no promise was broken."""
        return self.as_predicted and all(verdict.outcome != "worse" for verdict in self.verdicts)

    @property
    def as_predicted(self) -> bool:
        """True when no prediction of the fix was broken."""
        return all(one.outcome != "broken" for one in self.predictions)


def prove(field: Field, fix: Fix, before: Reports) -> tuple[VerificationRound, ...]:
    """Apply the fix and judge it. Where killed invocations hid what it would bring, a second round proves the promise
    that the first one made possible."""
    said, rounds, predicted = promises(fix, before), list[VerificationRound](), fix.plan.predicted
    predicting = ""  # the change that the predictions are of
    for number in range(ROUNDS):
        entry = "" if fix.plan.empty else field.apply(fix)
        predicting = entry or predicting
        window = field.watch()
        names = list(dict.fromkeys([*(one.function for one in said), *(one.function for one in predicted)]))
        measured = field.reports(names, window)
        verdicts = tuple(judge(one, behaviour(measured.get(one.function, ()))) for one in said)
        done = VerificationRound(entry, verdicts, predictions=judged(predicted, measured))
        if not done.kept and (broken := entry if done.as_predicted else predicting):
            field.undo(broken)
            done = replace(done, undone=broken)
        rounds.append(done)
        learned = [v.promise.function for v in done.verdicts if v.outcome == "learned"]
        if not done.kept or not learned or number == ROUNDS - 1:
            break
        fix = field.plan(learned, window)
        said = promises(fix, {name: measured[name] for name in learned}, always=learned)
        predicted = fix.plan.predicted or predicted
    return tuple(rounds)


def promises(fix: Fix, before: Reports, always: Sequence[str] = ()) -> list[SizePrediction]:
    """What the fix promises of each function whose size it changes; `always` names others to be judged as they are."""
    memory = {c.resource: int(c.after) for c in fix.changes if c.type == FUNCTION and c.property == "MemorySize"}
    names = dict.fromkeys([*(c.resource for c in fix.changes if c.type == FUNCTION), *always])
    found = (
        promise(name, reports, memory.get(name, reports[-1].memory_size_mb))
        for name in names
        if (reports := before.get(name, ()))
    )
    return [one for one in found if one is not None]
