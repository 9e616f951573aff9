"""What a target has recorded of deployments: LastModified of functions, and the events of stacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.model.deployments import ChangedResource, Modified, Recorded, StackOperation
from shopfast_obs.model.references import stack_name
from shopfast_obs.model.resources import FUNCTION, FUNCTION_ALIAS, FUNCTION_VERSION, Gap

STACKS = 10  # whose events are read: those that were changed last
PAGES = 5  # of a stack's events, a hundred each
STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
CHANGED = {f"{what}_{state}" for what in ("CREATE", "UPDATE") for state in ("IN_PROGRESS", "COMPLETE")}
KINDS = (FUNCTION, FUNCTION_VERSION, FUNCTION_ALIAS)
Event = dict[str, Any]


def recorded(calls: Calls, since: float, own: Sequence[str] = ()) -> Recorded:
    """What was deployed since a time, by the account's stacks or only by the `own`. Some calls, however many functions
    there are: one for fifty functions, one for the stacks (and each of the `own` beside others), at most fifty for
    events. What is refused is a gap."""
    (functions, no_functions), (items, no_stacks) = calls.each(
        lambda asked: _listed(calls, *asked),
        (("lambda", "list_functions", "Functions"), ("cloudformation", "describe_stacks", "Stacks")),
    )
    gaps = [Gap("when functions were changed", no_functions)] if no_functions else []
    known = tuple(Modified(one["FunctionName"], _moment(one["LastModified"])) for one in functions if _dated(one))
    stacks = _stacks(items, own)
    try:
        operations = _operations(calls, since, stacks)
        if len(stacks) < len(items) and any(one.time >= since for one in known):
            names = _functions_of(calls, stacks)
            known = tuple(one for one in known if one.name in names)
    except RefusedError as refused:
        operations, no_stacks = (), refused.message
    gaps += [Gap("when stacks were deployed", no_stacks)] if no_stacks else []
    return Recorded(known, operations, tuple(gaps))


def _listed(calls: Calls, service: str, operation: str, key: str) -> tuple[list[Event], str]:
    """All of a list, or why there is none."""
    try:
        return calls.items(service, operation, key), ""
    except RefusedError as refused:
        return [], refused.message


def _dated(function: Event) -> bool:
    return "LastModified" in function


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _stacks(items: Sequence[Event], own: Sequence[str]) -> dict[str, float]:
    """When each stack was made or updated last; of the `own` and what is nested in them, where any is deployed."""
    chosen = [item for item in items if {item["StackName"], stack_name(item.get("RootId") or "")} & {*own}]
    return {item["StackName"]: _changed(item) for item in chosen or items}


def _functions_of(calls: Calls, stacks: Iterable[str]) -> set[str]:
    def listed(name: str) -> list[Event]:
        return calls.items("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=name)

    resources = [item for items in calls.each(listed, stacks) for item in items]
    return {item["PhysicalResourceId"] for item in resources if item["ResourceType"] == FUNCTION}


def _operations(calls: Calls, since: float, stacks: Mapping[str, float]) -> tuple[StackOperation, ...]:
    recent = sorted((name for name in stacks if stacks[name] >= since), key=lambda name: -stacks[name])[:STACKS]
    found = calls.each(lambda name: _of_stack(calls, name, since), recent)
    return tuple(sorted((one for several in found for one in several), key=lambda one: one.began))


def _changed(stack: dict[str, Any]) -> float:
    moment: datetime | None = stack.get("LastUpdatedTime") or stack.get("CreationTime")
    return moment.timestamp() if moment else 0.0


def _of_stack(calls: Calls, name: str, since: float) -> list[StackOperation]:
    """The operations of a stack, newest first."""
    found, events = [], list[Event]()
    for event in _newest(calls, name):
        events.append(event)
        if _is_stack(event) and event["ResourceStatus"] in STARTS:
            found.append(_operation(name, events))
            events = []
            if event["Timestamp"].timestamp() < since:
                break
    return found


def _newest(calls: Calls, name: str) -> Iterator[Event]:
    pages = calls.pages("cloudformation", "describe_stack_events", StackName=name)
    for number, page in enumerate(pages, 1):
        yield from page.get("StackEvents") or ()
        if number == PAGES:
            return


def _is_stack(event: Event) -> bool:
    return bool(event.get("PhysicalResourceId")) and event["PhysicalResourceId"] == event.get("StackId")


def _operation(stack: str, events: Sequence[Event]) -> StackOperation:
    """One operation from its events, newest first."""
    own = [event for event in events if _is_stack(event)]
    began, ended = events[-1]["Timestamp"].timestamp(), events[0]["Timestamp"].timestamp()
    return StackOperation(stack, own[0]["ResourceStatus"], began, ended, tuple(_touched(events)))


def _touched(events: Sequence[Event]) -> Iterator[ChangedResource]:
    """Each function, version and alias that was made or changed, with its first and its last event."""
    resources: dict[str, list[Event]] = {}
    for event in events:
        if event["ResourceType"] in KINDS and event["ResourceStatus"] in CHANGED:
            resources.setdefault(event["LogicalResourceId"], []).append(event)
    for changes in resources.values():
        named = next((event["PhysicalResourceId"] for event in changes if event.get("PhysicalResourceId")), "")
        times = [event["Timestamp"].timestamp() for event in changes]
        if named:
            yield ChangedResource(_function_name(named), min(times), max(times), changes[0]["ResourceType"] == FUNCTION)


def _function_name(said: str) -> str:
    """`orders`, also of `arn:aws:lambda:REGION:ACCOUNT:function:orders:live`."""
    return said.split(":")[6] if said.startswith("arn:") and said.count(":") >= 6 else said
