"""Functions that may run for a quarter of an hour."""

from __future__ import annotations

from shopfast_obs.diagnose.callers import only_deployments_call
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.setting import Setting, setting
from shopfast_obs.diagnose.values import number
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION, Resource

LONGEST = 900  # seconds


def _deploys(function: Resource, context: Context) -> str:
    return "only deployments call it, and wait longer" if only_deployments_call(function, context) else ""


RULE = setting(
    "lambda-longest-timeout",
    "The timeout is the longest that there is",
    Severity.LOW,
    FUNCTION,
    Setting(
        "Timeout",
        lambda value: (number(value) or 0) < LONGEST,
        "{name} may run {value} s: what hangs is noticed, and paid for, a quarter of an hour later",
        concerns=_deploys,
    ),
    when="Timeout is 900.",
    why="A timeout is there to end what will not end by itself. At the longest it never does.",
    remedy="A few times the slowest invocation that was ever needed.",
    limits="A job that really takes that long is better off in Step Functions; the rule cannot tell.",
    misleads="No timeout is ever reported.",
)
