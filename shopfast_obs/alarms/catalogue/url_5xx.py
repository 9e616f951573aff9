"""A function URL that answers with server errors."""

from __future__ import annotations

from shopfast_obs.alarms.interface import NotNeeded, define, math
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, Inventory, Resource

PERCENT = 5


class Url5xx:
    """More than 5 % of the requests to a function URL get a 5xx, handled errors of the code among them."""

    id = "url-5xx"
    title = "A function URL answers more than 5 % of its requests with a 5xx"
    resource_type = FUNCTION

    def derive(self, resource: Resource, inventory: Inventory) -> AlarmDefinition | NotNeeded:
        """An alarm on what customers see: a 5xx that the code returns is no Lambda error."""
        if not any(_targets(url, resource) for url in inventory.of_type(FUNCTION_URL)):
            return NotNeeded(resource.name, self.id, "it has no function URL")
        expression = "IF(requests > 0, 100 * failed / requests, 0)"
        metrics = {"failed": "Url5xxCount", "requests": "UrlRequestCount"}
        watched = math(expression, "5xx, % of requests", "AWS/Lambda", metrics, {"FunctionName": resource.name})
        because = f"More than {PERCENT} % of the requests to the URL of {resource.name} get a 5xx."
        return define(
            self, resource, because, {**watched, "Threshold": PERCENT, "ComparisonOperator": "GreaterThanThreshold"}
        )


def _targets(url: Resource, function: Resource) -> bool:
    """True when the URL is the function's, named by name, ARN or an intrinsic that refers to it."""
    target = url.properties.get("TargetFunctionArn")
    if isinstance(target, str):
        return target == function.name or f":function:{function.name}" in target
    return bool(function.logical_id) and function.logical_id in str(target)


KIND = Url5xx()
