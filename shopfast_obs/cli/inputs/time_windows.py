"""The windows that options name: `--since 15m`, `--since 2026-01-31T12:00:00Z`, `--since deploy`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from shopfast_obs.model.records import record
from shopfast_obs.model.telemetry import TimeRange
from shopfast_obs.parse import duration

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.cli.inputs.telemetry import Files
    from shopfast_obs.model.deployments import Deployment

HELP = "Since when: 90s, 15m, 2h, 1d, an ISO time, or deploy: the last deployment (deploy@2: the one before)."


@record
class Since:
    """A window until now, how a title says it (`in the last 15m`), and the deployment that it begins with, if any."""

    window: TimeRange
    said: str
    deployment: Deployment | None = None


def since(app: App, text: str, now: float | None = None) -> Since:
    """The window from then until now. Raises UserError for what is no time, and where no deployment is known."""
    now = time.time() if now is None else now
    asked = duration.deployment(text)
    if asked is None:
        said = f"since {text}" if "-" in text else f"in the last {text}"
        return Since(TimeRange(duration.since(text, now), now), said)
    found = deployed(app, asked)
    said = f"since {_called(found, now)}"
    app.terminal.say(f"The deployment of {described(found, now)}.")
    return Since(TimeRange(min(found.time, now), now), said, found)


def of_files(files: Files, text: str) -> Files:
    """What saved files have since the deployment that their log lines tell; raises UserError where they tell none."""
    from shopfast_obs.cli.inputs import deployments

    asked = duration.deployment(text)
    assert asked is not None
    found, place = deployments.chosen(deployments.in_files(files), asked)
    said = f"since {_called(found[place], time.time())}"
    return files.within(TimeRange(found[place].time, float("inf")), said)


def _called(found: Deployment, now: float) -> str:
    """`12:02:11 UTC (stack Shop updated)`."""
    from shopfast_obs.report.text import clock, is_of_days

    return f"{clock(found.time, date=is_of_days(found.time, now))} UTC ({found.what})"


def deployed(app: App, asked: duration.DeploymentAsked) -> Deployment:
    """The deployment that is meant; raises UserError where none is known."""
    from shopfast_obs.cli.inputs import deployments

    found, place = deployments.chosen(deployments.known(app), asked, deployments.journal(app))
    return found[place]


def described(found: Deployment, now: float) -> str:
    """`12:02:11 UTC: stack Shop updated, with fix 0003 (CloudFormation events)`."""
    from shopfast_obs.report.text import clock, is_of_days

    with_ = f", with {' and '.join(found.carries)}" if found.carries else ""
    moment = clock(found.time, date=is_of_days(found.time, now))
    return f"{moment} UTC: {found.what}{with_} ({found.source})"
