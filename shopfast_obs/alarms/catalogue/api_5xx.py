"""A REST API that answers with server errors."""

from __future__ import annotations

from shopfast_obs.alarms import naming
from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import REST_API, Resource

SHARE = 0.05  # AWS's recommended alarm for 5XXError: average, which is the share of requests that failed, above 0.05


def _unnamed(api: Resource, _: References) -> str:
    return "its name, by which its metrics go, stands in a file of its own" if naming.name(api) is None else ""


KIND = MetricAlarm(
    id="api-5xx",
    title="A REST API answers more than 5 % of its requests with a 5xx",
    first="Compare with errors and durations of the function behind it; a 504 is the API that gave up waiting.",
    resource_type=REST_API,
    namespace="AWS/ApiGateway",
    metric="5XXError",
    dimension="ApiName",
    statistic="Average",
    above=SHARE,
    because=f"More than {SHARE:.0%} of the requests to the API {{name}} get a 5xx.",
    spared=_unnamed,
)
