"""HTTP APIs that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import HTTP_API, WEBSOCKET, Resource


def _concerns(api: Resource, context: Context) -> str:
    return "it is a WebSocket API" if api.properties.get("ProtocolType") == WEBSOCKET else ""


RULE = Rule(
    "http-api-no-alarm",
    "No alarm watches the 5xx of an HTTP API",
    Severity.LOW,
    (HTTP_API,),
    MissingAlarm(("5xx",), "ApiId", "{name} has no alarm on its 5xx: alarms watch {watched}"),
    spared=_concerns,
    why="The API sees what the function cannot: timeouts of 30 s, refused calls, answers that do not fit.",
    limits="An alarm in another product is not seen.",
)
