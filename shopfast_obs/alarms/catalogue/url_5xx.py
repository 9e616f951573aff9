"""A function URL that answers with server errors."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, math
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, Resource

PERCENT = 5


class Url5xx:
    """More than 5 % of the requests to a function URL get a 5xx, handled errors of the code among them."""

    id = "url-5xx"
    title = "A function URL answers more than 5 % of its requests with a 5xx"
    first = "Read the log lines of requests with a 5xx; an error that the code answers is no error of the function."
    resource_type = FUNCTION

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on what customers see: a 5xx that the code returns is no Lambda error."""
        urls = index.inventory.of_type(FUNCTION_URL)
        if not any(index.names(url.properties.get("TargetFunctionArn"), resource) for url in urls):
            return NotNeeded(resource.name, self.id, "it has no function URL")
        expression = "IF(requests > 0, 100 * failed / requests, 0)"
        metrics = {"failed": "Url5xxCount", "requests": "UrlRequestCount"}
        on = {"FunctionName": naming.name(resource)}
        watched = math(expression, "5xx, % of requests", "AWS/Lambda", metrics, on)
        because = f"More than {PERCENT} % of the requests to the URL of {resource.name} get a 5xx."
        return define(
            self, resource, because, {**watched, "Threshold": PERCENT, "ComparisonOperator": "GreaterThanThreshold"}
        )


KIND = Url5xx()
