"""Schedules of EventBridge Scheduler, and pipes: what calls a function, and where a failed call goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import PIPE, SCHEDULE, Resource

_SCHEDULE = ("Name", "GroupName", "ScheduleExpression", "State", "Target")
_PIPE = (
    "Name",
    "DesiredState",
    "Source",
    "SourceParameters",
    "Enrichment",
    "Target",
    "TargetParameters",
    "LogConfiguration",
    "RoleArn",
)


def schedules(calls: Calls, declared: Declared) -> list[Resource]:
    """The wanted schedules from one list, one call each for the target's retries and dead-letter queue."""
    wanted = declared.wanted_among(SCHEDULE, "Name", calls.items("scheduler", "list_schedules", "Schedules"))
    return calls.each(lambda one: _schedule(calls, *one), wanted)


def _schedule(calls: Calls, owner: StackResource, listed: Mapping[str, Any]) -> Resource:
    named = picked(listed, ("Name", "GroupName"))
    item = calls.one("scheduler", "get_schedule", **named)
    return owner.resource(listed["Name"], picked(item, _SCHEDULE), listed.get("Arn", ""))


def pipes(calls: Calls, declared: Declared) -> list[Resource]:
    """The wanted pipes from one list, one call each."""
    wanted = declared.wanted_among(PIPE, "Name", calls.items("pipes", "list_pipes", "Pipes"))
    return calls.each(lambda one: _pipe(calls, one[0]), wanted)


def _pipe(calls: Calls, owner: StackResource) -> Resource:
    item = calls.one("pipes", "describe_pipe", Name=owner.physical_id)
    return owner.resource(owner.physical_id, picked(item, _PIPE), item.get("Arn", ""))
