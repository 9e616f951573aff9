"""What a look at an exercise says to a person, to a program, and to the shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from shopfast_obs.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USER_ERROR

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.workshop.engine import Verdict
    from shopfast_obs.workshop.exercise import Exercise
    from shopfast_obs.workshop.interface import Result


def show(app: App, verdict: Verdict) -> None:
    """Print the results for a person."""
    for line in lines(verdict):
        app.terminal.out(line)


def lines(verdict: Verdict) -> list[str]:
    """One line a result: passed with its numbers, not yet with what was measured and expected, or unknown and why."""
    from shopfast_obs.workshop.interface import NotYet, Passed

    found = []
    for result in verdict.results:
        if isinstance(result, Passed):
            found.append(f"  passed   {result.check}  {_numbers(result.measured)}".rstrip())
        elif isinstance(result, NotYet):
            found.append(f"  not yet  {result.check}: {result.message}")
        else:
            found.append(f"  unknown  {result.check}: the check could not be made, {result.reason}")
    return found


def conclude(app: App, exercise: Exercise, verdict: Verdict, following: str | None) -> None:
    """What a person should know next: why it works and what comes then, or where help is."""
    if verdict.passed:
        app.terminal.heading("Passed.")
        app.terminal.out(exercise.why.strip())
        if following:
            app.terminal.say(f"Next: shopfast-obs workshop start {following}")
        else:
            app.terminal.say("Next: shopfast-obs workshop report")
    elif verdict.broken_check:
        app.terminal.say("Some checks could not be made. See what is deployed: shopfast-obs status")
    else:
        app.terminal.say("Not yet. A hint: shopfast-obs workshop hint")


def exit_code(verdict: Verdict) -> int:
    """0 passed, 1 not yet, 2 a check could not be made."""
    if verdict.passed:
        return EXIT_CLEAN
    return EXIT_USER_ERROR if verdict.broken_check else EXIT_FINDINGS


def as_mapping(result: Result) -> dict[str, Any]:
    """The result as JSON has it."""
    from shopfast_obs.workshop.interface import NotYet, Passed

    outcome = "passed" if isinstance(result, Passed) else "not yet" if isinstance(result, NotYet) else "unknown"
    return {"outcome": outcome, **asdict(result)}


def _numbers(measured: Mapping[str, Any]) -> str:
    """The numbers of a check that passed; what was asked and answered is known already."""
    numbers = ((key, value) for key, value in measured.items() if isinstance(value, int | float))
    return ", ".join(f"{key} {value:g}" for key, value in numbers)
