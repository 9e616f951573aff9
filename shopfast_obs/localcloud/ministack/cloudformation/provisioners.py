"""CloudFormation types that MiniStack does not have, or that belong to our own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.ministack import in_process
from shopfast_obs.localcloud.ministack.untyped import Untyped

FUNCTION = "AWS::Lambda::Function"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"
Properties = dict[str, Untyped]
Created = tuple[str, dict[str, Untyped]]


class Alarms(Protocol):
    """The alarms of CloudWatch, in CloudFormation's properties."""

    def put(self, scope: Scope, properties: Mapping[str, Untyped]) -> str:
        """Create or update a metric or composite alarm and return its ARN."""
        ...

    def delete(self, scope: Scope, name: str) -> None:
        """Delete an alarm; nothing happens when there is none."""
        ...


def handlers(alarms: Alarms, physical_name: Callable[..., str]) -> dict[str, dict[str, Untyped]]:
    """Handlers by resource type, in the form of MiniStack's `_RESOURCE_HANDLERS`."""
    own: dict[str, dict[str, Untyped]] = {
        "AWS::EC2::EIP": {"create": _create_address, "update": _keep, "delete": _release_address},
        "AWS::EC2::NatGateway": {"create": _create_nat_gateway, "update": _keep, "delete": _delete_nat_gateway},
    }
    for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::LogAlarm"):
        own[kind] = _alarm_handlers(alarms, physical_name)
    return own


def _create_address(logical_id: str, props: Properties, stack_name: str) -> Created:
    answer = in_process.ec2("AllocateAddress", Domain=props.get("Domain", "vpc"))
    public_ip, allocation = _text(answer, "publicIp"), _text(answer, "allocationId")
    return public_ip, {"AllocationId": allocation, "PublicIp": public_ip}


def _release_address(physical_id: str, props: Properties) -> None:
    from ministack.services import ec2

    held = [key for key, address in ec2._addresses.items() if address.get("PublicIp") == physical_id]
    for allocation in held:
        in_process.ec2("ReleaseAddress", AllocationId=allocation)


def _create_nat_gateway(logical_id: str, props: Properties, stack_name: str) -> Created:
    known = {key: str(props[key]) for key in ("SubnetId", "AllocationId", "ConnectivityType") if props.get(key)}
    gateway = _text(in_process.ec2("CreateNatGateway", **known), "natGatewayId")
    return gateway, {"NatGatewayId": gateway}


def _delete_nat_gateway(physical_id: str, props: Properties) -> None:
    in_process.ec2("DeleteNatGateway", NatGatewayId=physical_id)


def _keep(physical_id: str, old: Properties, new: Properties, stack_name: str, **_: Untyped) -> Created:
    """Tags are all that changes in place; a NAT gateway elsewhere is a new one, which no stack here asks for."""
    from ministack.services import ec2

    for allocation, address in ec2._addresses.items():
        if address.get("PublicIp") == physical_id:
            return physical_id, {"AllocationId": allocation, "PublicIp": physical_id}
    return physical_id, {"NatGatewayId": physical_id}


def _alarm_handlers(alarms: Alarms, physical_name: Callable[..., str]) -> dict[str, Untyped]:
    def put(name: str, props: Properties) -> Created:
        return name, {"Arn": alarms.put(in_process.current_scope(), {**props, "AlarmName": name})}

    def create(logical_id: str, props: Properties, stack_name: str) -> Created:
        return put(props.get("AlarmName") or physical_name(stack_name, logical_id, max_len=255), props)

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        name = new.get("AlarmName") or physical_id
        created = put(name, new)
        if name != physical_id:
            alarms.delete(in_process.current_scope(), physical_id)
        return created

    def delete(physical_id: str, props: Properties) -> None:
        alarms.delete(in_process.current_scope(), physical_id)

    return {"create": create, "update": update, "delete": delete}


def traced_workflow(ministacks: Mapping[str, Untyped]) -> dict[str, Untyped]:
    """MiniStack's handlers for state machines, which take TracingConfiguration and forget it; these remember."""

    def remember(created: Created, props: Properties) -> Created:
        from ministack.services import stepfunctions

        wanted = props.get("TracingConfiguration") or {}
        enabled = str(wanted.get("Enabled", False)).lower() == "true"
        stepfunctions._state_machines[created[0]]["tracingConfiguration"] = {"enabled": enabled}
        return created

    def create(logical_id: str, props: Properties, stack_name: str) -> Created:
        return remember(ministacks["create"](logical_id, props, stack_name), props)

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Created:
        return remember(ministacks["update"](physical_id, old, new, stack_name, logical_id), new)

    return {**ministacks, "create": create, "update": update}


def dead_lettered_function(ministacks: Mapping[str, Untyped]) -> dict[str, Untyped]:
    """MiniStack's handlers for functions, which leave DeadLetterConfig out; with these a template's is in force."""

    def remember(created: Created, props: Properties) -> Created:
        from ministack.services import lambda_svc

        record = lambda_svc._functions.get(created[0])
        if record is not None:
            record["config"].pop("DeadLetterConfig", None)
            record["config"] |= {key: props[key] for key in ("DeadLetterConfig",) if props.get(key)}
        return created

    def create(logical_id: str, props: Properties, stack_name: str) -> Created:
        return remember(ministacks["create"](logical_id, props, stack_name), props)

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, *more: Untyped) -> Created:
        return remember(ministacks["update"](physical_id, old, new, stack_name, *more), new)

    return {**ministacks, "create": create, "update": update}


def _text(xml: str, tag: str) -> str:
    match = re.search(rf"<{tag}>(.*?)</{tag}>", xml)
    if match is None:
        raise ValueError(f"the EC2 API gave no {tag}")
    return match.group(1)
