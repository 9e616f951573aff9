"""APIs that can fail without anyone being told."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.missing_alarm import MissingAlarm
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import REST_API

RULE = Rule(
    "api-no-alarm",
    "No alarm watches the 5xx of an API",
    Severity.LOW,
    (REST_API,),
    MissingAlarm(("5XXError",), "ApiName", "{name} has no alarm on its 5xx: alarms watch {watched}"),
    why="The API sees what the function cannot: timeouts of 29 s, refused calls, answers that do not fit.",
    limits="An alarm in another product is not seen.",
)
