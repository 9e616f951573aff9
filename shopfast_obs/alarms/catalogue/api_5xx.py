"""An API that answers with server errors."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.interface import NotNeeded, define, single
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import REST_API, Resource

SHARE = 0.05  # AWS's recommended alarm for 5XXError: average above 0.05


class Api5xx:
    """More than 5 % of the requests to a REST API get a 5xx."""

    id = "api-5xx"
    title = "A REST API answers more than 5 % of its requests with a 5xx"
    first = "Compare with errors and durations of the function behind it; a 504 is the API that gave up waiting."
    resource_type = REST_API

    def derive(self, resource: Resource, index: References) -> AlarmDefinition | NotNeeded:
        """An alarm on the average of 5XXError, which is the share of requests that failed."""
        name = naming.name(resource)
        if name is None:
            return NotNeeded(resource.name, self.id, "its name, by which its metrics go, stands in a file of its own")
        watched = single("AWS/ApiGateway", "5XXError", "Average", {"ApiName": name})
        because = f"More than {SHARE:.0%} of the requests to the API {resource.name} get a 5xx."
        return define(
            self, resource, because, {**watched, "Threshold": SHARE, "ComparisonOperator": "GreaterThanThreshold"}
        )


KIND = Api5xx()
