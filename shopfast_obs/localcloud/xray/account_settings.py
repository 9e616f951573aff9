"""What else an account has in X-Ray: tags, resource policies, encryption, indexing, destination; and no insights."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from shopfast_obs.localcloud.interface import Clock
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.xray.records import Record, Records

MAX_POLICIES = 5
POLICY_BYTES = 5 * 1024
MAX_TAGS = 50
PERCENT = 1.0  # of spans that Transaction Search indexes, unless told otherwise
Parameters = Mapping[str, Any]
Operation = Callable[[Parameters], Record]


class Tags:
    """The tags of groups and sampling rules, by ARN. `exists` tells whether an ARN is one of theirs."""

    def __init__(self, records: Records, exists: Callable[[str], bool]) -> None:
        self._records = records
        self._exists = exists

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations of the API."""
        return {"TagResource": self.add, "UntagResource": self.remove, "ListTagsForResource": self.list}

    def with_creation(self, create: Operation, arn: Callable[[Record], str]) -> Operation:
        """The creation of a resource, which keeps the tags that come with it."""

        def wrapped(parameters: Parameters) -> Record:
            created = create(parameters)
            if parameters.get("Tags"):
                self.add({"ResourceARN": arn(created), "Tags": parameters["Tags"]})
            return created

        return wrapped

    def add(self, parameters: Parameters) -> Record:
        """Tag a resource."""
        arn, tags = self._of(parameters)
        tags |= {tag["Key"]: tag["Value"] for tag in parameters.get("Tags") or ()}
        if len(tags) > MAX_TAGS:
            raise AwsError("TooManyTagsException", f"A resource can have {MAX_TAGS} tags.")
        self._records.put(arn, tags)
        return {}

    def remove(self, parameters: Parameters) -> Record:
        """Take tags away."""
        arn, tags = self._of(parameters)
        self._records.put(arn, {key: value for key, value in tags.items() if key not in parameters["TagKeys"]})
        return {}

    def list(self, parameters: Parameters) -> Record:
        """The tags of a resource."""
        _, tags = self._of(parameters)
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _of(self, parameters: Parameters) -> tuple[str, Record]:
        arn = parameters["ResourceARN"]
        if not self._exists(arn):
            raise AwsError("ResourceNotFoundException", f"{arn} does not exist.", 404)
        return arn, self._records.get(arn) or {}


class Policies:
    """Resource policies, which let services like SNS send segments. Nothing here is forbidden without one."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations of the API."""
        return {
            "PutResourcePolicy": self.put,
            "DeleteResourcePolicy": self.delete,
            "ListResourcePolicies": lambda _: {"ResourcePolicies": self._records.all()},
        }

    def put(self, parameters: Parameters) -> Record:
        """A policy, new or changed."""
        name, document = parameters["PolicyName"], parameters["PolicyDocument"]
        if len(document.encode()) > POLICY_BYTES:
            raise AwsError("PolicySizeLimitExceededException", f"A policy can have {POLICY_BYTES} bytes.")
        try:
            json.loads(document)["Statement"]
        except (ValueError, KeyError, TypeError):
            raise AwsError("MalformedPolicyDocumentException", "The policy document is not a policy.") from None
        self._expect(name, parameters.get("PolicyRevisionId"))
        if self._records.get(name) is None and len(self._records.all()) >= MAX_POLICIES:
            raise AwsError("PolicyCountLimitExceededException", f"An account can have {MAX_POLICIES} policies.")
        policy = {"PolicyName": name, "PolicyDocument": document, "PolicyRevisionId": uuid.uuid4().hex}
        self._records.put(name, {**policy, "LastUpdatedTime": self._clock.now()})
        return {"ResourcePolicy": self._records.get(name)}

    def delete(self, parameters: Parameters) -> Record:
        """Forget a policy."""
        self._expect(parameters["PolicyName"], parameters.get("PolicyRevisionId"))
        self._records.delete(parameters["PolicyName"])
        return {}

    def _expect(self, name: str, revision: str | None) -> None:
        known = self._records.get(name) or {"PolicyRevisionId": "0"}
        if revision is not None and revision != known["PolicyRevisionId"]:
            raise AwsError("InvalidPolicyRevisionIdException", "The policy has another revision.")


def settings(records: Records, clock: Clock) -> Mapping[str, Operation]:
    """Encryption, indexing and destination: kept and given back; segments are stored the same way whatever they say."""

    def encryption(_: Parameters) -> Record:
        return {"EncryptionConfig": records.get("encryption") or {"Status": "ACTIVE", "Type": "NONE"}}

    def encrypt(parameters: Parameters) -> Record:
        if parameters["Type"] not in ("NONE", "KMS"):
            raise AwsError("InvalidRequestException", "The type is NONE or KMS.")
        key = {"KeyId": parameters["KeyId"]} if parameters.get("KeyId") else {}
        records.put("encryption", {"Status": "ACTIVE", "Type": parameters["Type"], **key})
        return encryption(parameters)

    def indexing(_: Parameters) -> Record:
        rule = {"Probabilistic": {"DesiredSamplingPercentage": PERCENT, "ActualSamplingPercentage": PERCENT}}
        return {"IndexingRules": [records.get("indexing") or {"Name": "Default", "ModifiedAt": 0.0, "Rule": rule}]}

    def index(parameters: Parameters) -> Record:
        if parameters["Name"] != "Default":
            raise AwsError("ResourceNotFoundException", "There is one indexing rule, Default.", 404)
        if "Probabilistic" not in parameters["Rule"]:
            raise AwsError("InvalidRequestException", "The rule must be Probabilistic.")
        percent = parameters["Rule"]["Probabilistic"]["DesiredSamplingPercentage"]
        rule = {"Probabilistic": {"DesiredSamplingPercentage": percent, "ActualSamplingPercentage": percent}}
        records.put("indexing", {"Name": "Default", "ModifiedAt": clock.now(), "Rule": rule})
        return {"IndexingRule": records.get("indexing")}

    def destination(_: Parameters) -> Record:
        return records.get("destination") or {"Destination": "XRay", "Status": "ACTIVE"}

    def direct(parameters: Parameters) -> Record:
        if parameters.get("Destination") not in ("XRay", "CloudWatchLogs"):
            raise AwsError("InvalidRequestException", "The destination is XRay or CloudWatchLogs.")
        records.put("destination", {"Destination": parameters["Destination"], "Status": "ACTIVE"})
        return destination(parameters)

    return {
        "GetEncryptionConfig": encryption,
        "PutEncryptionConfig": encrypt,
        "GetIndexingRules": indexing,
        "UpdateIndexingRule": index,
        "GetTraceSegmentDestination": destination,
        "UpdateTraceSegmentDestination": direct,
    }


def no_insights() -> Mapping[str, Operation]:
    """Insights come from a model that X-Ray does not publish; here nothing has any."""

    def unknown(_: Parameters) -> Record:
        raise AwsError("InvalidRequestException", "Insight not found.")

    one = ("GetInsight", "GetInsightEvents", "GetInsightImpactGraph")
    return {"GetInsightSummaries": lambda _: {"InsightSummaries": []}, **dict.fromkeys(one, unknown)}
