"""Logs that tell of people."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.sensitive_data import SensitiveData
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import FUNCTION

RULE = Rule(
    "logs-personal-data",
    "The log holds personal data",
    Severity.HIGH,
    (FUNCTION,),
    SensitiveData(secret=False),
    why="Logs are read by many, kept long and copied about; the law treats them like the database.",
    remedy="Log ids instead of people, drop the keys in the logger, and delete what is there.",
    limits="Looks for e-mail addresses, card numbers (with check digit) and IBANs; names and addresses it cannot know.",
    misleads="No error, no latency: nobody notices but the auditor.",
)
