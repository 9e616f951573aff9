"""A WebSocket API whose connections and messages fail, in the function or on the way to it."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import HTTP_API, WEBSOCKET, Resource

SHARE = 0.05  # AWS's recommended alarms for IntegrationError and ExecutionError: average above 0.05


def _other(api: Resource, _: References) -> str:
    return "" if api.properties.get("ProtocolType") == WEBSOCKET else "it is no WebSocket API"


KIND = MetricAlarm(
    id="websocket-errors",
    title="More than 5 % of the messages to a WebSocket API fail",
    first="Read the errors of the function behind the route; without any, see that the API may invoke it.",
    resource_type=HTTP_API,
    namespace="AWS/ApiGateway",
    metric="MAX([FILL(integration, 0), FILL(execution, 0)])",  # the greater share of the two
    metrics={"integration": "IntegrationError", "execution": "ExecutionError"},
    label="failed, share of messages",
    dimension="ApiId",
    named_by=naming.arn,
    statistic="Average",
    above=SHARE,
    because=f"More than {SHARE:.0%} of the messages to the WebSocket API {{name}} fail.",
    spared=_other,
)
