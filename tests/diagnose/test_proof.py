"""A fix is proven by what happens, or taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from shopfast_obs.diagnose.fixes import Fix
from shopfast_obs.diagnose.proof import Reports, prove
from shopfast_obs.model.changes import FileChange, Plan
from shopfast_obs.model.findings import PropertyChange
from shopfast_obs.model.predictions import Prediction
from shopfast_obs.model.resources import FUNCTION
from shopfast_obs.model.telemetry import InvocationReport, TimeRange


def fix(memory_mb: int | None = None) -> Fix:
    """A change of one function's memory, or none."""
    if memory_mb is None:
        return Fix((), Plan("fix"))
    change = PropertyChange(FUNCTION, "web", "MemorySize", 128, memory_mb)
    return Fix((change,), Plan("fix", (FileChange("overlay.json", None, b"{}"),)))


def calls(memory_mb: int, duration: float, *, killed: int = 0, count: int = 20) -> Reports:
    """Twenty invocations, of which some were killed."""
    return {
        "web": [
            InvocationReport(
                f"r{n}", 0.0, duration, duration, memory_mb, 60, status="timeout" if n < killed else "success"
            )
            for n in range(count)
        ]
    }


@dataclass
class Bench:
    """A field whose rounds are given."""

    rounds: list[Reports]
    next: Callable[[], Fix] = fix
    done: list[str] = field(default_factory=list)

    def apply(self, fix: Fix) -> str:
        self.done.append(f"apply {fix.changes[0].after}")
        return str(len(self.done))

    def undo(self, entry: str) -> None:
        self.done.append(f"undo {entry}")

    def watch(self) -> TimeRange:
        number = self.done.count("watch")
        self.done.append("watch")
        return TimeRange(number, number + 1)

    def reports(self, functions: Sequence[str], window: TimeRange) -> Reports:
        assert list(functions) == ["web"]
        return self.rounds[int(window.start)]

    def plan(self, functions: Sequence[str], window: TimeRange) -> Fix:
        assert list(functions) == ["web"]
        return self.next()


def test_a_promise_that_is_kept_is_proven_in_one_round() -> None:
    """Nothing else is done."""
    bench = Bench([calls(512, 0.52)])
    (done,) = prove(bench, fix(512), calls(128, 2.0))
    assert [v.outcome for v in done.verdicts] == ["kept"]
    assert bench.done == ["apply 512", "watch"]


def test_what_was_killed_is_learned_then_promised_then_proven() -> None:
    """The second round changes nothing when nothing is to be changed."""
    bench = Bench([calls(1024, 0.5), calls(1024, 0.55)])
    first, second = prove(bench, fix(1024), calls(128, 3.0, killed=20))
    assert [v.outcome for v in first.verdicts] == ["learned"]
    assert second.entry == ""
    assert second.verdicts[0].promise.after is not None
    assert second.verdicts[0].promise.after.p95 == 0.5
    assert [v.outcome for v in second.verdicts] == ["kept"]
    assert bench.done == ["apply 1024", "watch", "watch"]


def test_what_the_fix_predicted_is_judged_by_what_is_measured() -> None:
    """Also where killed invocations hid what was compared with."""
    said = Prediction("web", 1024, 1.5, 20, 3.0, 3.0, 20)
    asked = fix(1024)
    asked = replace(asked, plan=replace(asked.plan, predicted=(said,)))
    first, second = prove(Bench([calls(1024, 0.5), calls(1024, 2.0)]), asked, calls(128, 3.0, killed=20))
    assert [one.outcome for one in first.predictions] == ["kept"]
    assert [one.outcome for one in second.predictions] == ["broken"]


def test_the_second_round_may_change_the_size_again() -> None:
    """And is judged by what the first one measured."""
    bench = Bench([calls(512, 1.0), calls(1024, 0.5)], next=lambda: fix(1024))
    _, second = prove(bench, fix(512), calls(128, 3.0, killed=20))
    assert second.verdicts[0].outcome == "kept"
    assert bench.done == ["apply 512", "watch", "apply 1024", "watch"]


def test_a_broken_promise_is_taken_back() -> None:
    """It waits, and costs four times as much for nothing."""
    bench = Bench([calls(512, 2.0)])
    (done,) = prove(bench, fix(512), calls(128, 2.0))
    assert (done.kept, done.undone) == (False, True)
    assert "price +300%" in done.verdicts[0].reason
    assert bench.done == ["apply 512", "watch", "undo 1"]


def test_only_the_change_that_broke_its_promise_is_taken_back() -> None:
    """What the first round brought stays."""
    bench = Bench([calls(512, 1.0), calls(1024, 1.0)], next=lambda: fix(1024))
    first, second = prove(bench, fix(512), calls(128, 3.0, killed=20))
    assert (first.undone, second.undone) == (False, True)
    assert bench.done == ["apply 512", "watch", "apply 1024", "watch", "undo 3"]


def test_without_traffic_nothing_is_known_and_nothing_is_taken_back() -> None:
    """Evidence or silence."""
    bench = Bench([calls(512, 0.5, count=2)])
    (done,) = prove(bench, fix(512), calls(128, 2.0))
    assert done.verdicts[0].outcome == "unknown"
    assert bench.done == ["apply 512", "watch"]
