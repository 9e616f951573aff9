"""`compare --across deploy`: the window before a deployment and the one since it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from shopfast_obs.analysis.comparison.significance import ENOUGH
from shopfast_obs.errors import UserError
from shopfast_obs.model.telemetry import TimeRange

if TYPE_CHECKING:
    from shopfast_obs.analysis.comparison.sample import Sample
    from shopfast_obs.cli.app import App
    from shopfast_obs.cli.inputs.deployments import Known
    from shopfast_obs.cli.inputs.telemetry import Files

LONGEST = 86_400.0  # seconds of a window that is widened


S = TypeVar("S", bound="Side")


class Side(Protocol):
    """One side of a comparison, as far as it is looked at here."""

    @property
    def sample(self) -> Sample: ...  # noqa: D102


def sides(app: App, text: str, read: Callable[[TimeRange, str], S]) -> tuple[tuple[str, S], tuple[str, S]]:
    """The name and the traces of both sides of the deployment that `text` names. The windows are equally long; one with
    too few traces grows to all the time in which its version ran. Raises UserError."""
    from shopfast_obs.cli.inputs import deployments

    return _sides(app, deployments.known(app), text, read, time.time())


def sides_of_files(
    app: App, files: Files, text: str, read: Callable[[TimeRange, str], S]
) -> tuple[tuple[str, S], tuple[str, S]]:
    """The same of what saved files have, as far as their own log lines tell of a deployment."""
    from shopfast_obs.cli.inputs import deployments

    end = max((event.timestamp for event in files.events()), default=0.0)
    return _sides(app, deployments.in_files(files), text, read, end)


def _sides(
    app: App, known: Known, text: str, read: Callable[[TimeRange, str], S], now: float
) -> tuple[tuple[str, S], tuple[str, S]]:
    from shopfast_obs.analysis.deployments.known import around, lives
    from shopfast_obs.cli.inputs import deployments
    from shopfast_obs.cli.inputs.time_windows import described
    from shopfast_obs.parse import duration

    asked = duration.deployment(text)
    if asked is None:
        raise UserError(f"{text!r} names no deployment.", "Such as: compare --across deploy (or deploy@2, deploy:NAME)")
    named, place = deployments.chosen(known, asked, deployments.journal(app))
    # one of other functions is no end of these functions' version
    found = [one for one in named if {*one.names} & {*named[place].names}]
    place = found.index(named[place])
    app.terminal.say(f"The deployment of {described(found[place], now)}.")
    windows, whole = around(found, place, now), lives(found, place, now)
    before, after = (
        _side(name, window, life, read) for name, window, life in zip(("before", "after"), windows, whole, strict=True)
    )
    return before, after


def _side(name: str, window: TimeRange, life: TimeRange | None, read: Callable[[TimeRange, str], S]) -> tuple[str, S]:
    """The side over its window, or over its version's life where the window has too few traces."""
    side = read(window, called(name, window))
    whole = TimeRange(max(life.start, life.end - LONGEST), life.end) if life else window
    if side.sample.traces >= ENOUGH or whole.seconds <= window.seconds:
        return called(name, window), side
    return called(name, whole), read(whole, called(name, whole))


def called(name: str, window: TimeRange) -> str:
    """`before: 12:00:00 to 12:04:00 UTC, 4 min`."""
    from shopfast_obs.report.text import length, period

    return f"{name}: {period(window.start, window.end)}, {length(window.seconds)}"
