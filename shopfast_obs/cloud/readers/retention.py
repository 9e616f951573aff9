"""The account's retention policies, which override what log groups say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.model.resources import LOG_GROUP, LOG_POLICY, Gap, Resource

ASKED = {"policyType": "RETENTION_POLICY"}
_NAMES = ("policyName", "policyType", "policyDocument", "selectionCriteria")


def completed(calls: Calls, found: Sequence[Resource]) -> tuple[list[Resource], Gap | None]:
    """The resources, and the policies beside them where a log group is kept for ever: DescribeLogGroups gives the days
    that are in force, so the policies tell something only of what has none. What is refused is a gap."""
    if not any(_kept_for_ever(resource) for resource in found):
        return list(found), None
    try:
        return [*found, *_policies(calls)], None
    except RefusedError as refused:
        return list(found), Gap("retention policies of the account", refused.message)


def _kept_for_ever(resource: Resource) -> bool:
    said = resource.properties
    if resource.type != LOG_GROUP or said.get("LogGroupClass") == "DELIVERY":
        return False
    return not said.get("RetentionInDays") and not said.get("AccountPolicy")


def _policies(calls: Calls) -> list[Resource]:
    found: list[Resource] = []
    asked: dict[str, Any] | None = dict(ASKED)
    while asked:
        answer = calls.one("logs", "describe_account_policies", **asked)
        found += [_policy(item) for item in answer.get("accountPolicies") or ()]
        more = answer.get("nextToken")
        asked = {**ASKED, "nextToken": more} if more else None
    return found


def _policy(item: Mapping[str, Any]) -> Resource:
    properties = {name[0].upper() + name[1:]: item[name] for name in _NAMES if item.get(name)}
    return Resource(LOG_POLICY, item["policyName"], properties=properties)
