"""A function URL that answers with server errors, handled errors of the code among them."""

from __future__ import annotations

from shopfast_obs.alarms.metric_alarm import MetricAlarm
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, Resource

PERCENT = 5


def _without(function: Resource, index: References) -> str:
    urls = index.inventory.of_type(FUNCTION_URL)
    has = any(index.names(url.properties.get("TargetFunctionArn"), function) for url in urls)
    return "" if has else "it has no function URL"


KIND = MetricAlarm(
    id="url-5xx",
    title="A function URL answers more than 5 % of its requests with a 5xx",
    first="Read the log lines of requests with a 5xx; an error that the code answers is no error of the function.",
    resource_type=FUNCTION,
    namespace="AWS/Lambda",
    metric="IF(requests > 0, 100 * failed / requests, 0)",
    metrics={"failed": "Url5xxCount", "requests": "UrlRequestCount"},
    label="5xx, % of requests",
    dimension="FunctionName",
    above=PERCENT,
    because=f"More than {PERCENT} % of the requests to the URL of {{name}} get a 5xx.",
    spared=_without,
)
