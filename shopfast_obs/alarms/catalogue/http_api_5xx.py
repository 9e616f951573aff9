"""An HTTP API that answers with server errors."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import HTTP_API, WEBSOCKET, Resource

SHARE = 0.05  # AWS's recommended alarm for 5xx: average above 0.05


class HttpApi5xx:
    """More than 5 % of the requests to an HTTP API get a 5xx."""

    id = "http-api-5xx"
    title = "An HTTP API answers more than 5 % of its requests with a 5xx"
    first = "Compare with errors and durations of the function behind it; a 503 is the API that gave up waiting."
    resource_type = HTTP_API

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the average of 5xx, which is the share of requests that failed; its metrics go by the id."""
        if resource.properties.get("ProtocolType") == WEBSOCKET:
            return NotNeeded(resource.name, self.id, "it is a WebSocket API, which has errors of another name")
        watched = single("AWS/ApiGateway", "5xx", "Average", {"ApiId": naming.arn(resource)})
        because = f"More than {SHARE:.0%} of the requests to the API {resource.name} get a 5xx."
        return define(
            self, resource, because, {**watched, "Threshold": SHARE, "ComparisonOperator": "GreaterThanThreshold"}
        )


KIND = HttpApi5xx()
