"""CloudFormation's types of X-Ray, made through its own operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.ministack import in_process
from shopfast_obs.localcloud.ministack.untyped import Untyped

Properties = dict[str, Untyped]
Created = tuple[str, dict[str, Untyped]]
Call = Callable[[Scope, str, Mapping[str, Untyped]], Mapping[str, Untyped]]
Name = Callable[..., str]


def handlers(call: Call, physical_name: Name) -> dict[str, dict[str, Untyped]]:
    """Handlers by resource type, in the form of MiniStack's `_RESOURCE_HANDLERS`."""

    def ask(operation: str, **parameters: Untyped) -> Mapping[str, Untyped]:
        given = {key: value for key, value in parameters.items() if value is not None}
        return call(in_process.current_scope(), operation, given)

    return {
        "AWS::XRay::Group": _group(ask, physical_name),
        "AWS::XRay::SamplingRule": _rule(ask, physical_name),
        "AWS::XRay::ResourcePolicy": _policy(ask),
    }


def _group(ask: Callable[..., Mapping[str, Untyped]], physical_name: Name) -> dict[str, Untyped]:
    def settings(props: Properties) -> Properties:
        insights = {
            key: str(value).lower() == "true" for key, value in (props.get("InsightsConfiguration") or {}).items()
        }
        return {"FilterExpression": props.get("FilterExpression"), "InsightsConfiguration": insights or None}

    def create(logical_id: str, props: Properties, stack_name: str) -> Created:
        name = props.get("GroupName") or physical_name(stack_name, logical_id, max_len=32)
        made = ask("CreateGroup", GroupName=name, Tags=props.get("Tags"), **settings(props))
        arn = made["Group"]["GroupARN"]
        return arn, {"GroupARN": arn}

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, **_: Untyped) -> Created:
        ask("UpdateGroup", GroupARN=physical_id, **settings(new))
        return physical_id, {"GroupARN": physical_id}

    def delete(physical_id: str, props: Properties) -> None:
        ask("DeleteGroup", GroupARN=physical_id)

    return {"create": create, "update": update, "delete": delete}


def _rule(ask: Callable[..., Mapping[str, Untyped]], physical_name: Name) -> dict[str, Untyped]:
    numbers = {"Priority": int, "FixedRate": float, "ReservoirSize": int, "Version": int}

    def settings(props: Properties) -> Properties:
        """The rule with the types that templates, which may hold strings, do not promise."""
        given = props.get("SamplingRule") or {}
        return {key: numbers[key](value) if key in numbers else value for key, value in given.items()}

    def create(logical_id: str, props: Properties, stack_name: str) -> Created:
        rule = {"RuleName": physical_name(stack_name, logical_id, max_len=32), "Version": 1, **settings(props)}
        made = ask("CreateSamplingRule", SamplingRule=rule, Tags=props.get("Tags"))
        arn = made["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]
        return arn, {"RuleARN": arn}

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, **_: Untyped) -> Created:
        changes = {key: value for key, value in settings(new).items() if key not in ("RuleName", "Version")}
        ask("UpdateSamplingRule", SamplingRuleUpdate={**changes, "RuleARN": physical_id})
        return physical_id, {"RuleARN": physical_id}

    def delete(physical_id: str, props: Properties) -> None:
        ask("DeleteSamplingRule", RuleARN=physical_id)

    return {"create": create, "update": update, "delete": delete}


def _policy(ask: Callable[..., Mapping[str, Untyped]]) -> dict[str, Untyped]:
    def put(props: Properties) -> Created:
        ask("PutResourcePolicy", PolicyName=props["PolicyName"], PolicyDocument=props["PolicyDocument"])
        return props["PolicyName"], {}

    def create(logical_id: str, props: Properties, stack_name: str) -> Created:
        return put(props)

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, **_: Untyped) -> Created:
        return put(new)

    def delete(physical_id: str, props: Properties) -> None:
        ask("DeleteResourcePolicy", PolicyName=physical_id)

    return {"create": create, "update": update, "delete": delete}
