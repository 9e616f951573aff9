"""A fix is proven by what happens, or taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from shopfast_obs.diagnose.remedies.fix_verification import Reports, prove
from shopfast_obs.diagnose.remedies.fixes import Fix
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


def predicting(seconds: float, memory_mb: int = 1024) -> Fix:
    """A fix that says how long the function takes at most."""
    asked = fix(memory_mb)
    return replace(
        asked, plan=replace(asked.plan, predicted=(Prediction("web", memory_mb, seconds, 20, 3.0, 3.0, 20),))
    )


def test_a_prediction_within_the_tolerance_is_kept_also_where_kills_hid_what_was_before() -> None:
    """A quarter above it."""
    bench = Bench([calls(1024, 1.8), calls(1024, 1.8)])
    first, second = prove(bench, predicting(1.5), calls(128, 3.0, killed=20))
    assert [one.outcome for one in (*first.predictions, *second.predictions)] == ["kept", "kept"]
    assert bench.done == ["apply 1024", "watch", "watch"]


def test_a_broken_prediction_is_taken_back() -> None:
    """Although fewer invocations are killed: it takes longer than the fix was chosen for."""
    bench = Bench([calls(1024, 2.0)])
    (done,) = prove(bench, predicting(1.5), calls(128, 3.0, killed=20))
    assert [one.outcome for one in done.verdicts] == ["learned"]
    assert (done.kept, done.undone) == (False, "1")
    assert bench.done == ["apply 1024", "watch", "undo 1"]


def test_a_prediction_that_breaks_in_the_second_round_takes_back_the_change_it_is_of() -> None:
    """That of the first round, which is in force; one of its own where it has one."""
    bench = Bench([calls(1024, 0.5), calls(1024, 2.0)])
    first, second = prove(bench, predicting(1.5), calls(128, 3.0, killed=20))
    assert (first.undone, second.entry, second.undone) == ("", "", "1")
    assert bench.done == ["apply 1024", "watch", "watch", "undo 1"]
    bench = Bench([calls(512, 1.0), calls(1024, 2.0)], next=lambda: predicting(0.5))
    _, second = prove(bench, predicting(1.5, 512), calls(128, 3.0, killed=20))
    assert second.undone == "3"


def test_too_few_invocations_break_no_prediction() -> None:
    """It is said, and nothing is taken back."""
    bench = Bench([calls(1024, 2.0, count=3)])
    (done,) = prove(bench, predicting(1.5), calls(128, 3.0, killed=20))
    assert [one.outcome for one in done.predictions] == ["unknown"]
    assert "so few invocations may show that by accident" in done.predictions[0].sentence
    assert (done.kept, bench.done) == (True, ["apply 1024", "watch"])


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
    assert (done.kept, done.undone) == (False, "1")
    assert "price +300%" in done.verdicts[0].reason
    assert bench.done == ["apply 512", "watch", "undo 1"]


def test_only_the_change_that_broke_its_promise_is_taken_back() -> None:
    """What the first round brought stays."""
    bench = Bench([calls(512, 1.0), calls(1024, 1.0)], next=lambda: fix(1024))
    first, second = prove(bench, fix(512), calls(128, 3.0, killed=20))
    assert (first.undone, second.undone) == ("", "3")
    assert bench.done == ["apply 512", "watch", "apply 1024", "watch", "undo 3"]


def test_without_traffic_nothing_is_known_and_nothing_is_taken_back() -> None:
    """Evidence or silence."""
    bench = Bench([calls(512, 0.5, count=2)])
    (done,) = prove(bench, fix(512), calls(128, 2.0))
    assert done.verdicts[0].outcome == "unknown"
    assert bench.done == ["apply 512", "watch"]
