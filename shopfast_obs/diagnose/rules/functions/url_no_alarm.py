"""Function URLs that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, Resource


def _has_url(function: Resource, context: Context) -> str:
    urls = context.inventory.of_type(FUNCTION_URL)
    has = any(context.references.names(url.properties.get("TargetFunctionArn"), function) for url in urls)
    return "" if has else "it has no URL"


RULE = Rule(
    "url-no-alarm",
    "No alarm watches the 5xx of a Function URL",
    Severity.LOW,
    (FUNCTION,),
    MissingAlarm(("Url5xxCount",), "FunctionName", "{name} has no alarm on the 5xx of its URL: alarms watch {watched}"),
    spared=_has_url,
    why="A 500 that the handler answers itself is no error of the function; only the URL counts it.",
    limits="An alarm in another product is not seen.",
)
