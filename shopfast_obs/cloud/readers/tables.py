"""DynamoDB tables."""

from __future__ import annotations

from typing import Any

from shopfast_obs.cloud.calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, picked
from shopfast_obs.model.resources import TABLE, Resource


def tables(calls: Calls, declared: Declared) -> list[Resource]:
    """The tables of the stacks, one call each."""
    found = []
    for owner in declared.of_type(TABLE):
        item = calls.one("dynamodb", "describe_table", TableName=owner.physical_id)["Table"]
        properties: dict[str, Any] = picked(
            item, ("TableName", "KeySchema", "AttributeDefinitions", "DeletionProtectionEnabled")
        )
        mode = (item.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
        properties["BillingMode"] = mode
        if mode == "PROVISIONED":
            properties["ProvisionedThroughput"] = _throughput(item)
        properties["GlobalSecondaryIndexes"] = [
            {"IndexName": index["IndexName"], "ProvisionedThroughput": _throughput(index)}
            for index in item.get("GlobalSecondaryIndexes") or ()
        ] or None
        found.append(owner.resource(owner.physical_id, properties, item.get("TableArn", "")))
    return found


def _throughput(item: dict[str, Any]) -> dict[str, Any]:
    return picked(item.get("ProvisionedThroughput") or {}, ("ReadCapacityUnits", "WriteCapacityUnits"))
