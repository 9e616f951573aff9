"""Sampling rules, and the quotas that SDKs get by them. An account without rules of its own has the default one: the
first request a second and five percent of the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Clock, Scope
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.xray.records import Record, Records

DEFAULT = {
    "RuleName": "Default",
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
MAX_RULES = 25
INTERVAL = 10  # seconds between a client's reports
QUOTA_SECONDS = 30.0  # a quota lasts for some reports, in case that one is lost
KEPT = 1000  # reports that GetSamplingStatisticSummaries tells of
NUMBERS = {"FixedRate": (0, 1), "Priority": (1, 9999), "ReservoirSize": (0, 2**31)}
Parameters = Mapping[str, Any]


class Sampling:
    """The rules of an account and region, and what its clients report."""

    def __init__(self, records: Records, scope: Scope, clock: Clock) -> None:
        self._records = records
        self._scope = scope
        self._clock = clock
        self._started = clock.now()
        self._clients: dict[tuple[str, str], float] = {}  # (rule, client) -> when it reported
        self._reports: deque[Record] = deque(maxlen=KEPT)

    @property
    def operations(self) -> Mapping[str, Callable[[Parameters], Record]]:
        """The operations of the API."""
        return {
            "CreateSamplingRule": self.create,
            "UpdateSamplingRule": self.update,
            "DeleteSamplingRule": self.delete,
            "GetSamplingRules": lambda _: {"SamplingRuleRecords": self.all()},
            "GetSamplingTargets": self.targets,
            "GetSamplingStatisticSummaries": lambda _: {"SamplingStatisticSummaries": list(self._reports)},
        }

    def all(self) -> list[Record]:
        """Every rule as the API describes it, in the order in which they are tried."""
        kept = {record["SamplingRule"]["RuleName"]: record for record in self._records.all()}
        default = {"SamplingRule": {**DEFAULT, "RuleARN": self._arn("Default")}, "CreatedAt": 0.0}
        kept.setdefault("Default", {**default, "ModifiedAt": self._started})
        return sorted(kept.values(), key=lambda r: (r["SamplingRule"]["Priority"], r["SamplingRule"]["RuleName"]))

    def create(self, parameters: Parameters) -> Record:
        """A new rule."""
        rule = dict(parameters["SamplingRule"])
        name = rule.get("RuleName")
        rules = {record["SamplingRule"]["RuleName"] for record in self.all()}
        if not name:
            raise AwsError("InvalidRequestException", "The parameter RuleName is required.")
        if name in rules:
            raise AwsError("InvalidRequestException", f"Sampling rule with name {name} already exists.")
        if len(rules) > MAX_RULES:
            raise AwsError("RuleLimitExceededException", f"An account can have {MAX_RULES} sampling rules.")
        if rule["Version"] != 1:
            raise AwsError("InvalidRequestException", "The version of a sampling rule must be 1.")
        now = self._clock.now()
        record = {"SamplingRule": {"Attributes": {}, **rule, "RuleARN": self._arn(name)}, "CreatedAt": now}
        return self._put({**record, "ModifiedAt": now})

    def update(self, parameters: Parameters) -> Record:
        """The rule with what was changed. Of the default one that is its rate and its reservoir."""
        wanted = parameters["SamplingRuleUpdate"]
        record = self._found(wanted)
        changes = {key: value for key, value in wanted.items() if key not in ("RuleName", "RuleARN")}
        if record["SamplingRule"]["RuleName"] == "Default" and changes.keys() - {"FixedRate", "ReservoirSize"}:
            message = "Only the FixedRate and the ReservoirSize of the default sampling rule can be changed."
            raise AwsError("InvalidRequestException", message)
        changed = {**record["SamplingRule"], **changes}
        return self._put({**record, "SamplingRule": changed, "ModifiedAt": self._clock.now()})

    def delete(self, parameters: Parameters) -> Record:
        """Forget a rule; what it was."""
        record = self._found(parameters)
        name = record["SamplingRule"]["RuleName"]
        if name == "Default":
            raise AwsError("InvalidRequestException", "The default sampling rule cannot be deleted.")
        self._records.delete(name)
        return {"SamplingRuleRecord": record}

    def targets(self, parameters: Parameters) -> Record:
        """A quota for each rule that the client reports on: its share of the rule's reservoir."""
        rules = {record["SamplingRule"]["RuleName"]: record["SamplingRule"] for record in self.all()}
        targets, unknown = [], []
        for report in parameters["SamplingStatisticsDocuments"]:
            name = report["RuleName"]
            if name not in rules:
                unknown.append({"RuleName": name, "ErrorCode": "400", "Message": "Unknown rule"})
                continue
            targets.append(self._target(rules[name], report["ClientID"]))
            counts = {"BorrowCount": 0, **report}
            self._reports.append({key: value for key, value in counts.items() if key != "ClientID"})
        modified = max(record["ModifiedAt"] for record in self.all())
        answer = {"SamplingTargetDocuments": targets, "LastRuleModification": modified}
        return {**answer, "UnprocessedStatistics": unknown}

    def _target(self, rule: Record, client: str) -> Record:
        now = self._clock.now()
        self._clients[rule["RuleName"], client] = now
        for key in [key for key, seen in self._clients.items() if seen < now - QUOTA_SECONDS]:
            del self._clients[key]
        sharing = sum(name == rule["RuleName"] for name, _ in self._clients)
        return {
            "RuleName": rule["RuleName"],
            "FixedRate": rule["FixedRate"],
            "ReservoirQuota": -(-rule["ReservoirSize"] // sharing),
            "ReservoirQuotaTTL": now + QUOTA_SECONDS,
            "Interval": INTERVAL,
        }

    def _found(self, parameters: Parameters) -> Record:
        wanted = {parameters.get("RuleName"), parameters.get("RuleARN")} - {None}
        for record in self.all():
            if wanted & {record["SamplingRule"]["RuleName"], record["SamplingRule"]["RuleARN"]}:
                return record
        raise AwsError("InvalidRequestException", "Sampling rule does not exist.")

    def _put(self, record: Record) -> Record:
        rule = record["SamplingRule"]
        for key, (least, most) in NUMBERS.items():
            if not least <= rule[key] <= most and rule["RuleName"] != "Default":
                raise AwsError("InvalidRequestException", f"{key} must be between {least} and {most}.")
        self._records.put(rule["RuleName"], record)
        return {"SamplingRuleRecord": record}

    def _arn(self, name: str) -> str:
        return self._scope.arn("xray", f"sampling-rule/{name}")
