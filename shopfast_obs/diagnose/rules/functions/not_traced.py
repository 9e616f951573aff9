"""Functions that X-Ray does not see."""

from __future__ import annotations

from shopfast_obs.diagnose.setting import Setting, setting
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = setting(
    "lambda-not-traced",
    "The function is not traced",
    Severity.MEDIUM,
    FUNCTION,
    Setting(
        "TracingConfig.Mode",
        lambda mode: mode == "Active",
        "{name} is not traced (TracingConfig {value})",
        usual="PassThrough",
        after="Active",
        because="requests become visible",
        command="shopfast-obs instrument --apply",
    ),
    when="TracingConfig is not Active.",
    why="Without traces nobody can say in which part of a request the time passes.",
    remedy="`TracingConfig: {Mode: Active}`, the right to send segments, and an instrumented handler: `instrument`.",
    limits="Another vendor's tracing by layer is not recognised.",
    misleads="PassThrough looks like tracing when a caller sends a sampled header; on its own it records nothing.",
    runbook="02-make-it-visible",
)
