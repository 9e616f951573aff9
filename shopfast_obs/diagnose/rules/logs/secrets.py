"""Logs that hold keys."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.sensitive_data import SensitiveData
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "logs-secrets",
    "The log holds secrets",
    Severity.CRITICAL,
    (FUNCTION,),
    SensitiveData(secret=True),
    why="Whoever may read the log may use them, for as long as they are valid.",
    remedy="Rotate them now, delete the lines, and never log headers, environments or credentials.",
    limits="Looks for AWS keys, web tokens, bearer tokens, private keys and values named as passwords or keys.",
    misleads="The line is an innocent one about a request.",
)
