"""What the console is handed of a project and its target: deployments, shoppers, the clock, the exercise."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shopfast_obs.cloud.machine import Gauge
from shopfast_obs.console.interface import Shoppers
from shopfast_obs.errors import ShopfastObsError, UserError

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.cloud.interface import Cloud
    from shopfast_obs.cloud.traffic import Traffic
    from shopfast_obs.console.interface import ExerciseView
    from shopfast_obs.model.deployments import Deployment
    from shopfast_obs.model.traffic import Machine

RECENT = 30.0  # seconds of the shoppers' answers that are counted


class Around:
    """One project at one target. Several threads call it."""

    def __init__(self, app: App) -> None:
        self._app = app
        target = app.target()
        self.local = target.name == "local"
        self.where = f"local cloud at {target.endpoint_url}" if self.local else f"AWS, {target.region}"
        self._gauge = Gauge()
        self._lock = threading.Lock()
        self._traffic: Traffic | None = None
        self._scenario, self._rps = "", 0.0

    def cloud(self) -> Cloud:
        """The target as it can be reached now."""
        return self._app.cloud()

    def deployments(self, since: float) -> Sequence[Deployment]:
        """What the target and the journal tell."""
        from shopfast_obs.cli.inputs.deployments import known

        return known(self._app, since).deployments

    def machine(self) -> Machine | None:
        """How busy it was since the last call; None for an account, which this machine does not slow down."""
        if not self.local:
            return None
        measured, self._gauge = self._gauge.read(), Gauge()
        return measured

    def exercise(self) -> ExerciseView | None:
        """What the exercise that was started last looks like now."""
        from shopfast_obs.cli.live.exercise import current

        return current(self._app)

    def shoppers(self) -> Shoppers:
        """The project's scenarios, and what those under way have met lately."""
        names, reason = self._scenarios()
        with self._lock:
            if self._traffic is None:
                return Shoppers(names, reason=reason)
            recent = self._traffic.run.recent(RECENT)
            failed = sum(not sample.ok for sample in recent)
            return Shoppers(names, self._scenario, self._rps, len(self._traffic.run.samples), failed, reason)

    def _scenarios(self) -> tuple[tuple[str, ...], str]:
        from shopfast_obs.cloud.deploy import project_hooks

        settings = self._app.settings
        if not self.local:
            return (), "The console sends nothing to an account."
        if not settings.shoppers:
            return (), "The project names no shoppers: set `shoppers` in [tool.shopfast-obs]."
        try:
            module = project_hooks.module(settings.root, settings.shoppers)
        except ShopfastObsError as problem:
            return (), problem.message
        return tuple(sorted(getattr(module, "SCENARIOS", {}))), ""

    def send(self, scenario: str, rps: float) -> None:
        """Send these from now on, in place of those before."""
        from shopfast_obs.cli.traffic import started

        names, reason = self._scenarios()
        if rps and scenario not in names:
            raise UserError(reason or f"There is no scenario {scenario!r}.")
        with self._lock:
            if self._traffic is not None:
                self._traffic.stop(patience=0)
            self._traffic = started(self._app, scenario, rps=rps) if rps else None
            self._scenario, self._rps = (scenario, rps) if rps else ("", 0.0)

    def hurry(self, seconds: float) -> None:
        """Move the local cloud's clock; raises UserError on an account."""
        from shopfast_obs.cloud.clock import hurried

        hurried(self._app.target(), seconds)

    def close(self) -> None:
        """Send nothing more."""
        with self._lock:
            if self._traffic is not None:
                self._traffic.stop(patience=0)
                self._traffic = None
