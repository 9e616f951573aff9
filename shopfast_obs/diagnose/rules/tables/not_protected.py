"""Tables that one call deletes."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import is_true
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TABLE

RULE = Rule(
    "dynamodb-not-protected",
    "Deletion protection is off",
    Severity.INFO,
    (TABLE,),
    Property(
        "DeletionProtectionEnabled",
        is_true,
        "{name} can be deleted by one call: deletion protection is off",
        declared=True,
    ),
    when="DeletionProtectionEnabled is not true.",
    why="A stack that is removed by mistake takes the data along.",
    remedy="`DeletionProtectionEnabled: true` in production; a SimpleTable of SAM has no such property.",
    limits="A `DeletionPolicy: Retain` of the template is not looked at.",
    misleads="The stack looks like code that can be deployed again; the data cannot.",
)
