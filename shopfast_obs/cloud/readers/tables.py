"""DynamoDB tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import TABLE, Resource


def tables(calls: Calls, declared: Declared) -> list[Resource]:
    """The tables, one call each; `AutoScaling` says of those of no stack whether something scales them, where it is
    known. What scales a stack's table stands in its template."""
    found = calls.each(lambda owner: _table(calls, owner), declared.of_type(TABLE))
    if not any(_may_be_scaled(table) for table in found):
        return found
    try:
        targets = calls.items(
            "application-autoscaling", "describe_scalable_targets", "ScalableTargets", ServiceNamespace="dynamodb"
        )
    except RefusedError:  # the rule says that it does not know
        return found
    scaled = {target["ResourceId"] for target in targets}
    return [
        replace(table, properties={**table.properties, "AutoScaling": f"table/{table.name}" in scaled})
        if _may_be_scaled(table)
        else table
        for table in found
    ]


def _may_be_scaled(table: Resource) -> bool:
    return not table.stack and table.properties["BillingMode"] == "PROVISIONED"


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
