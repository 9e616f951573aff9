"""Whether a function in a VPC reaches anything outside of it: the first suspect where something does not answer."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import plural
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.findings import Evidence
from shopfast_obs.model.resources import Resource

SUBNET, ENDPOINT = "AWS::EC2::Subnet", "AWS::EC2::VPCEndpoint"
ASSOCIATION, TABLE, ROUTE = "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::RouteTable", "AWS::EC2::Route"
EVERYWHERE = ("0.0.0.0/0", "::/0")
# An internet gateway is not among them: a function's interface has no public address.
CARRIERS = ("NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "InstanceId", "VpcPeeringConnectionId",
            "EgressOnlyInternetGatewayId", "VpcEndpointId", "CoreNetworkArn", "LocalGatewayId")  # fmt: skip


def enclosed(function: Resource, context: Context) -> Evidence | None:
    """What keeps a function's calls inside of its VPC, or that it was not read; None without a VPC or with a way."""
    ids = at(function, "VpcConfig.SubnetIds")
    if not ids:
        return None
    subnets = context.references.named(ids, SUBNET)
    if not subnets:
        said = "it runs in a VPC; whether its subnets have a route to what it calls (a NAT gateway) was not read"
        return configured(said, "VpcConfig.SubnetIds", subnets=len(ids) if isinstance(ids, list) else 1)
    closed = [subnet for subnet in subnets if not _has_way_out(subnet, context)]
    if not closed:
        return None
    endpoints = [str(e.properties.get("ServiceName", "")) for e in context.inventory.of_type(ENDPOINT)]
    reach = f"only {plural(len(endpoints), 'VPC endpoint')} of AWS services" if endpoints else "nothing outside"
    said = f"{some(subnet.name for subnet in closed)} has no route through a NAT gateway: it reaches {reach}"
    return configured(said, "VpcConfig.SubnetIds", subnets=len(subnets), closed=len(closed))


def _has_way_out(subnet: Resource, context: Context) -> bool:
    """True when a route of the subnet leads everywhere; a subnet without a table of its own is not judged."""
    tables = [
        table
        for association in context.naming(subnet, ASSOCIATION, "SubnetId")
        for table in context.references.named(association.properties.get("RouteTableId"), TABLE)
    ]
    return not tables or any(_leads_out(route) for table in tables for route in _routes(table, context))


def _routes(table: Resource, context: Context) -> Iterator[Resource]:
    yield from context.naming(table, ROUTE, "RouteTableId")


def _leads_out(route: Resource) -> bool:
    wide = {route.properties.get("DestinationCidrBlock"), route.properties.get("DestinationIpv6CidrBlock")}
    return not wide.isdisjoint(EVERYWHERE) and any(name in route.properties for name in CARRIERS)
