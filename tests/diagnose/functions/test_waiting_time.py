"""What a function waits for: two populations, the way out of a VPC, clients without timeouts, batches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.diagnose.functions.waiting_time import waiting
from shopfast_obs.diagnose.remedies.fixes import wanted
from shopfast_obs.diagnose.rules.functions import cpu_starved, timeout_kills
from shopfast_obs.model.findings import Finding
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource
from shopfast_obs.model.telemetry import Segment
from shopfast_obs.parse.python.aws_calls import source
from shopfast_obs.testing import function_trace
from tests.diagnose.builders import START, clear, finished, found, function, guard, killed, observed, speaking, written

SIZE = {"memory_mb": 512, "used_mb": 90}
WEB = function(Timeout=10, MemorySize=512)


def hanging(number: int, **more: Any) -> list[str]:
    """An invocation that the timeout of 10 s killed."""
    return killed(number, 10.0, **{**SIZE, **more})


def two_populations(web: Resource = WEB, *others: Resource, **more: Any) -> Context:
    """54 invocations of 0.2 s and 6 killed at 10 s."""
    quick = [finished(n, 0.19 + n / 2000, **SIZE) for n in range(54)]
    return observed(web, *others, logs=written(web, *quick, *(hanging(n) for n in range(60, 66))), **more)


def test_two_populations_are_waiting_and_no_memory_is_advised() -> None:
    """Not for CPU; and no rule's remedy changes a size."""
    context = two_populations()
    finding = found(timeout_kills.RULE.check(WEB, context))
    assert "it waits for something that does not answer" in finding.title
    assert "what finishes takes at most 0.22 s, 6 invocations were killed at 10 s" in finding.title
    assert finding.confidence == "likely"
    assert "nothing lies between" in clear(cpu_starved.RULE.check(WEB, context))
    assert wanted(diagnose(context.inventory, context.observations).findings) == []


def test_the_same_with_traces_of_which_killed_invocations_lost_their_calls() -> None:
    """A trace without a call is no proof of work: the segment of the call died with the process."""
    web = function(Timeout=10, MemorySize=512, TracingConfig={"Mode": "Active"})
    call = Segment("c", "DynamoDB", START + 1, START + 1.02, namespace="aws")
    quick = function_trace("1-00000000-000000000000000000000001", START + 1, name="web", duration=0.2, calls=[call])
    dead = function_trace("1-00000000-000000000000000000000002", START + 2, name="web", duration=10.0, calls=[])
    lines = [finished(n, 0.2, **SIZE) for n in range(20)] + [hanging(n, trace_id=dead.id) for n in range(30, 33)]
    context = observed(web, logs=written(web, *lines), traces=[quick, dead])
    assert "nothing lies between" in clear(cpu_starved.RULE.check(web, context))


def test_work_that_the_guard_saw_is_work() -> None:
    """The CPU was busy: memory is the remedy, whatever the gap."""
    busy = [speaking(hanging(n), guard("", 0.0, cpu=2.8)) for n in range(60, 66)]
    lines = [*(finished(n, 0.2, **SIZE) for n in range(54)), *busy]
    context = observed(WEB, logs=written(WEB, *lines))
    assert {c.property for c in found(timeout_kills.RULE.check(WEB, context)).remedy.changes} >= {"MemorySize"}
    assert isinstance(cpu_starved.RULE.check(WEB, context), Finding)


def test_an_idle_cpu_is_waiting_without_any_gap() -> None:
    """The guard saw next to no CPU in what was killed, though others took nearly as long."""
    idle = [speaking(hanging(n), guard("", 0.0, cpu=0.01)) for n in range(60, 66)]
    context = observed(WEB, logs=written(WEB, *(finished(n, 0.2 * n, **SIZE) for n in range(1, 48)), *idle))
    assert "used next to no CPU" in found(timeout_kills.RULE.check(WEB, context)).title


def test_every_duration_up_to_the_timeout_is_work() -> None:
    """Nothing lies between only where nothing does."""
    context = observed(
        WEB, logs=written(WEB, *(finished(n, 0.2 * n, **SIZE) for n in range(1, 48)), *(hanging(n) for n in (60, 61)))
    )
    assert waiting(WEB, context) is None
    assert isinstance(cpu_starved.RULE.check(WEB, context), Finding)


def network(*routes: dict[str, Any]) -> list[Resource]:
    """A subnet with a table of these routes."""
    return [
        Resource("AWS::EC2::Subnet", "Inner", "Inner"),
        Resource("AWS::EC2::RouteTable", "Table", "Table"),
        Resource(
            "AWS::EC2::SubnetRouteTableAssociation",
            "Tied",
            "Tied",
            properties={"SubnetId": {"Ref": "Inner"}, "RouteTableId": {"Ref": "Table"}},
        ),
        *(
            Resource("AWS::EC2::Route", f"R{n}", f"R{n}", properties={"RouteTableId": {"Ref": "Table"}, **route})
            for n, route in enumerate(routes)
        ),
    ]


EVERYWHERE = {"DestinationCidrBlock": "0.0.0.0/0"}


@pytest.mark.parametrize(
    ("routes", "closed"),
    [
        ([], True),
        ([{**EVERYWHERE, "GatewayId": {"Ref": "Igw"}}], True),  # a function has no public address there
        ([{**EVERYWHERE, "NatGatewayId": {"Ref": "Nat"}}], False),
        ([{"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1"}], True),
    ],
)
def test_the_first_suspect_is_a_subnet_without_a_way_out(routes: list[dict[str, Any]], *, closed: bool) -> None:
    """A route through a NAT gateway is one; an internet gateway is none for a function."""
    web = replace(WEB, properties={**WEB.properties, "VpcConfig": {"SubnetIds": [{"Ref": "Inner"}]}})
    finding = found(timeout_kills.RULE.check(web, two_populations(web, *network(*routes))))
    assert ("Inner has no route through a NAT gateway" in finding.remedy.summary) is closed


def test_a_vpc_that_was_not_read_is_said_to_be() -> None:
    """Live, the subnets are not in the inventory."""
    web = replace(WEB, properties={**WEB.properties, "VpcConfig": {"SubnetIds": ["subnet-1"]}})
    said = found(timeout_kills.RULE.check(web, two_populations(web))).remedy.summary
    assert "whether its subnets have a route to what it calls (a NAT gateway) was not read" in said


def test_clients_without_a_timeout_are_the_next_suspects() -> None:
    """With the place in the source; one with a timeout is none."""
    text = "import requests\nrequests.get(A)\nrequests.post(B, timeout=3)\nurlopen(C)\nrequests.get(D, **more)\n"
    context = two_populations(sources={"web": source({"app.py": text})})
    shown = found(timeout_kills.RULE.check(WEB, context)).evidence
    assert [item.locator for item in shown if item.source == "source code"] == ["app.py:2", "app.py:4"]


def test_a_duration_that_grows_with_the_batch_needs_no_memory() -> None:
    """1.3 s a message, up to ten at a time: what is killed had many."""
    web = function(Timeout=10, MemorySize=256)
    feed = Resource(
        EVENT_SOURCE_MAPPING, "m", properties={"EventSourceArn": {"Ref": "Jobs"}, "FunctionName": {"Ref": "Web"}}
    )
    size = {"memory_mb": 256, "used_mb": 60}
    lines = [*(finished(n, 1.3 * (n % 7 + 1), **size) for n in range(20)), *(killed(n, 10.0, **size) for n in (30, 31))]
    context = observed(web, feed, Resource(QUEUE, "jobs", "Jobs"), logs=written(web, *lines))
    finding = found(timeout_kills.RULE.check(web, context))
    assert "its duration may grow with the batch of up to 10 records" in finding.title
    assert not finding.remedy.changes
    assert "grow with the batch" in clear(cpu_starved.RULE.check(web, context))
