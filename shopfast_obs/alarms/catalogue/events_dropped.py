"""A function whose asynchronous events Lambda gave up, after its retries or because they became too old."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import AT_ONCE, MetricAlarm
from shopfast_obs.analysis.wiring.delivery import failures_kept, invoke_configs, senders
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import FUNCTION, Resource


def _kept(function: Resource, index: References) -> str:
    """Nobody invokes it without waiting, or a queue keeps what is dropped, whose own alarm tells."""
    asked = senders(function, index) or invoke_configs(function, index)
    if not asked and not function.properties.get("DeadLetterConfig"):
        return "nothing invokes it asynchronously"
    kept = failures_kept(function, index)
    return f"what is dropped lies in {kept[0].name}, which has its own alarm" if kept else ""


KIND = MetricAlarm(
    id="events-dropped",
    title="Asynchronous events of a function are dropped",
    first="Group the errors of the function at that time; what was dropped is gone unless a destination keeps it.",
    resource_type=FUNCTION,
    namespace="AWS/Lambda",
    metric="AsyncEventsDropped",
    dimension="FunctionName",
    because="Lambda dropped events that {name} could not work on.",
    more=AT_ONCE,
    spared=_kept,
)
