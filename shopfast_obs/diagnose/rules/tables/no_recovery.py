"""Tables that cannot be brought back."""

from __future__ import annotations

from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.kinds.property import Property
from shopfast_obs.diagnose.property_values import is_true
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.resources import TABLE

RULE = Rule(
    "dynamodb-no-recovery",
    "Point-in-time recovery is off",
    Severity.LOW,
    (TABLE,),
    Property(
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        is_true,
        "{name} has no point-in-time recovery: what a bad deploy overwrites is gone",
        after=True,
        because="a mistake can be taken back",
        command="shopfast-obs fix --apply",
        declared=True,
    ),
    when="PointInTimeRecoveryEnabled is not true.",
    why="A mistake in code deletes or overwrites items faster than anyone notices.",
    remedy="`PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}`.",
    limits="Backups by AWS Backup are not seen. Of a table that no stack owns the setting is not known.",
    misleads="Replication is no backup: it copies the mistake.",
)
