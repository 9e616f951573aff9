"""`fix --verify`: the fix comes into force, shoppers come (or time passes), and what was promised is measured."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shopfast_obs.cli.app import App
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.analysis.sizing.prediction import Behaviour, Verdict
    from shopfast_obs.cli.targets.fix_targets import Asked, Provable
    from shopfast_obs.diagnose.remedies.fix_verification import Reports, VerificationRound
    from shopfast_obs.diagnose.remedies.fixes import Fix
    from shopfast_obs.model.resources import Inventory
    from shopfast_obs.model.telemetry import TimeRange

LOOK = 5.0  # seconds between two words while time passes
COLUMNS = ("function", "", "failed", "p95", "USD/million", "")


@record
class Watch:
    """How long to watch: with the shoppers of a scenario, or, without one, whoever comes by himself."""

    scenario: str
    seconds: float
    rps: float


@record
class DeployedField:
    """What is deployed on the command's target. `inventory` knows the functions that are judged."""

    app: App
    outlet: Provable
    asked: Asked
    inventory: Inventory
    watching: Watch

    def apply(self, fix: Fix) -> str:
        """Make the change, and bring it into force."""
        self.app.terminal.changed(self.outlet.diff(fix))
        entry = self.outlet.apply(fix)
        self.outlet.enforce()
        return entry

    def undo(self, entry: str) -> None:
        """Take the change back, and bring that into force."""
        self.outlet.undo(entry)

    def watch(self) -> TimeRange:
        """Send the same shoppers in each round, so that the rounds can be compared, or let time pass."""
        from shopfast_obs.cli.traffic import send
        from shopfast_obs.model.telemetry import TimeRange

        began, watching = time.time(), self.watching
        if watching.scenario:
            send(self.app, watching.scenario, duration=watching.seconds, rps=watching.rps)
        else:
            with self.app.terminal.live() as line:
                while (left := began + watching.seconds - time.time()) > 0:
                    line.update(f"watching what comes; {left:.0f} s left")
                    time.sleep(min(LOOK, left))
        return TimeRange(began, time.time() + 1)

    def reports(self, functions: Sequence[str], window: TimeRange) -> Reports:
        """Their REPORT lines."""
        from shopfast_obs.cli.inputs.invocations import reports
        from shopfast_obs.model.resources import FUNCTION

        known = [function for function in self.inventory.of_type(FUNCTION) if function.name in functions]
        return reports(self.app, known, window)

    def plan(self, functions: Sequence[str], window: TimeRange) -> Fix:
        """What a diagnosis of the window asks for, of these functions alone."""
        asked = replace(self.asked, since=f"{time.time() - window.start:.0f}s", resources=tuple(functions))
        return self.outlet.plan(asked)


def show(app: App, rounds: Sequence[VerificationRound]) -> None:
    """Print what was promised and measured, round by round, and what was taken back."""
    for number, one in enumerate(rounds, 1):
        rows = [row for verdict in one.verdicts for row in _rows(verdict)]
        title = f"Round {number}: {'change ' + one.entry if one.entry else 'unchanged'}"
        app.terminal.table(COLUMNS, rows, title)
        for verdict in one.verdicts:
            app.terminal.out(f"{verdict.promise.function}: {verdict.outcome}: {verdict.reason}")
        for judged in one.predictions:
            app.terminal.out(judged.sentence)
        if one.undone:
            app.terminal.out(f"Change {one.undone} did not keep its promise and was taken back.")


def document(rounds: Sequence[VerificationRound]) -> list[dict[str, Any]]:
    """The rounds as JSON values."""
    return [
        {
            "change": one.entry or None,
            "undone": bool(one.undone),
            "taken_back": one.undone or None,
            "verdicts": [_verdict(v) for v in one.verdicts],
            "predictions": one.predictions,
        }
        for one in rounds
    ]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "function": verdict.promise.function,
        "before": verdict.promise.before,
        "promised": verdict.promise.after,
        "measured": verdict.measured,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
    }


def _rows(verdict: Verdict) -> list[tuple[str, ...]]:
    said = verdict.promise
    return [
        _row(said.function, "before", said.before),
        _row("", "promised", said.after),
        _row("", "measured", verdict.measured),
    ]


def _row(name: str, what: str, behaviour: Behaviour | None) -> tuple[str, ...]:
    from shopfast_obs.report.text import percent, seconds

    if behaviour is None:
        return (name, what, "", "unknown", "", "")
    count = f"of {behaviour.invocations}"
    share, p95 = percent(behaviour.failed_share), seconds(behaviour.p95)
    return (name, what, share, p95, f"{behaviour.usd_per_million:.2f}", count)
