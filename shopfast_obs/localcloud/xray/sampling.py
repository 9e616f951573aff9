"""Sampling as an account without rules of its own has it: the first request a second and five percent of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Clock

DEFAULT_RULE = {
    "RuleName": "Default",
    "RuleARN": "arn:aws:xray:us-east-1:000000000000:sampling-rule/Default",
    "ResourceARN": "*",
    "Priority": 10000,
    "FixedRate": 0.05,
    "ReservoirSize": 1,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "Version": 1,
    "Attributes": {},
}
INTERVAL = 10  # seconds between a client's reports


class Sampling:
    """Sampling rules and the targets that clients are given."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock.now()

    def rules(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """The default rule."""
        record = {"SamplingRule": DEFAULT_RULE, "CreatedAt": 0.0, "ModifiedAt": self._started}
        return {"SamplingRuleRecords": [record]}

    def targets(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """A quota for each rule that the client reports on."""
        targets, unknown = [], []
        for document in parameters["SamplingStatisticsDocuments"]:
            name = document["RuleName"]
            if name == DEFAULT_RULE["RuleName"]:
                targets.append(self._target())
            else:
                unknown.append({"RuleName": name, "ErrorCode": "400", "Message": "Unknown rule"})
        return {
            "SamplingTargetDocuments": targets,
            "LastRuleModification": self._started,
            "UnprocessedStatistics": unknown,
        }

    def _target(self) -> dict[str, Any]:
        return {
            "RuleName": DEFAULT_RULE["RuleName"],
            "FixedRate": DEFAULT_RULE["FixedRate"],
            "ReservoirQuota": DEFAULT_RULE["ReservoirSize"],
            "ReservoirQuotaTTL": self._clock.now() + 3 * INTERVAL,
            "Interval": INTERVAL,
        }
