"""A function that is about to be killed by its timeout."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.alarms.metric_alarm import firing
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, Resource

SHARE = 0.8  # of the timeout: late enough to mean something, early enough to act


class Duration:
    """The slowest percent of a function's invocations comes near its timeout."""

    id = "duration-near-timeout"
    title = "The p99 duration of a function is above 80 % of its timeout"
    first = "Look at the slowest traces or REPORT lines: memory, a slow call, or something that does not answer."
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the p99, never the average: the average hides what some customers wait for."""
        timeout = resource.effective("Timeout")
        if not isinstance(timeout, int | float):
            return NotNeeded(resource.name, self.id, "its timeout is known only when it is deployed")
        threshold = round(timeout * 1000 * SHARE)
        on = {"FunctionName": naming.name(resource)}
        watched = single("AWS/Lambda", "Duration", "p99", on)
        because = (
            f"The p99 duration of {resource.name} is above {threshold} ms, {SHARE:.0%} of its timeout of {timeout:g} s."
        )
        return define(self, resource, because, {**watched, **firing(threshold)})


KIND = Duration()
