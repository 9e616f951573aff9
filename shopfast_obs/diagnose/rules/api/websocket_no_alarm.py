"""WebSocket APIs that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import HTTP_API, WEBSOCKET, Resource


def _concerns(api: Resource, context: Context) -> str:
    return "" if api.properties.get("ProtocolType") == WEBSOCKET else "it is no WebSocket API"


RULE = Rule(
    "websocket-no-alarm",
    "No alarm watches the errors of a WebSocket API",
    Severity.LOW,
    (HTTP_API,),
    MissingAlarm(
        ("IntegrationError", "ExecutionError"), "ApiId", "{name} has no alarm on its errors: alarms watch {watched}"
    ),
    spared=_concerns,
    why="Nobody gets a status for a message: a client waits for an answer that does not come.",
    limits="An alarm in another product is not seen.",
    misleads="The connections stay open.",
)
