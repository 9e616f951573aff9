"""DynamoDB tables."""

from __future__ import annotations

from typing import Any

from shopfast_obs.cloud.calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import TABLE, Resource


def tables(calls: Calls, declared: Declared) -> list[Resource]:
    """The tables, one call each."""
    return calls.each(lambda owner: _table(calls, owner), declared.of_type(TABLE))


def _table(calls: Calls, owner: StackResource) -> Resource:
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
    return owner.resource(owner.physical_id, properties, item.get("TableArn", ""))


def _throughput(item: dict[str, Any]) -> dict[str, Any]:
    return picked(item.get("ProvisionedThroughput") or {}, ("ReadCapacityUnits", "WriteCapacityUnits"))
