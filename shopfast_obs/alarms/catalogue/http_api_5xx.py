"""An HTTP API that answers with server errors."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import HTTP_API, WEBSOCKET, Resource

SHARE = 0.05  # AWS's recommended alarm for 5xx: average, which is the share of requests that failed, above 0.05


def _websocket(api: Resource, _: References) -> str:
    socket = api.properties.get("ProtocolType") == WEBSOCKET
    return "it is a WebSocket API, which has errors of another name" if socket else ""


KIND = MetricAlarm(
    id="http-api-5xx",
    title="An HTTP API answers more than 5 % of its requests with a 5xx",
    first="Compare with errors and durations of the function behind it; a 503 is the API that gave up waiting.",
    resource_type=HTTP_API,
    namespace="AWS/ApiGateway",
    metric="5xx",
    dimension="ApiId",
    named_by=naming.arn,
    statistic="Average",
    above=SHARE,
    because=f"More than {SHARE:.0%} of the requests to the API {{name}} get a 5xx.",
    spared=_websocket,
)
