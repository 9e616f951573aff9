"""A WebSocket API whose messages fail."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, math
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import HTTP_API, WEBSOCKET, Resource

SHARE = 0.05  # AWS's recommended alarms for IntegrationError and ExecutionError: average above 0.05


class WebsocketErrors:
    """More than 5 % of a WebSocket API's connections and messages fail, in the function or on the way to it."""

    id = "websocket-errors"
    title = "More than 5 % of the messages to a WebSocket API fail"
    first = "Read the errors of the function behind the route; without any, see that the API may invoke it."
    resource_type = HTTP_API

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the greater share of the two: errors of the integration, and of calling it."""
        if resource.properties.get("ProtocolType") != WEBSOCKET:
            return NotNeeded(resource.name, self.id, "it is no WebSocket API")
        expression = "MAX([FILL(integration, 0), FILL(execution, 0)])"
        metrics = {"integration": "IntegrationError", "execution": "ExecutionError"}
        on = {"ApiId": naming.arn(resource)}
        watched = math(expression, "failed, share of messages", "AWS/ApiGateway", metrics, on, "Average")
        because = f"More than {SHARE:.0%} of the messages to the WebSocket API {resource.name} fail."
        return define(
            self, resource, because, {**watched, "Threshold": SHARE, "ComparisonOperator": "GreaterThanThreshold"}
        )


KIND = WebsocketErrors()
