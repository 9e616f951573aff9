"""API stages at which traces do not begin."""

from __future__ import annotations

from shopfast_obs.diagnose.setting import Setting, setting
from shopfast_obs.diagnose.values import is_true
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import REST_STAGE

RULE = setting(
    "api-stage-not-traced",
    "The API stage is not traced",
    Severity.LOW,
    REST_STAGE,
    Setting(
        "TracingEnabled",
        is_true,
        "API stage {name} is not traced: the time before the function is invisible",
        after=True,
        because="traces begin at the door",
        command="shopfast-obs instrument --apply",
    ),
    when="TracingEnabled is not true.",
    why="Without it a trace begins at the function, and the way through the API is missing.",
    remedy="`TracingEnabled: true`.",
    limits="REST APIs only; HTTP APIs cannot be traced.",
    misleads="The function's own duration is not what the caller waits for.",
    runbook="02-make-it-visible",
)
