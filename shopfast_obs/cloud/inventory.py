"""What is deployed, with live properties: a few bulk calls a service, all services at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.interface import StackStatus
from shopfast_obs.cloud.readers import (
    account,
    alarms,
    apis,
    functions,
    http_apis,
    messages,
    retention,
    schedules,
    single_functions,
    tables,
    templates,
)
from shopfast_obs.cloud.readers.declared import Declared, StackResource
from shopfast_obs.errors import NotDeployedError
from shopfast_obs.model.references import stack_name
from shopfast_obs.model.resources import (
    ALARM,
    EVENT_BUS,
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    FUNCTION_URL,
    HTTP_API,
    HTTP_INTEGRATION,
    HTTP_ROUTE,
    HTTP_STAGE,
    LOG_ALARM,
    LOG_GROUP,
    MUTE_RULE,
    NESTED,
    PIPE,
    QUEUE,
    QUEUE_POLICY,
    REST_API,
    REST_METHOD,
    REST_STAGE,
    SCHEDULE,
    STATE_MACHINE,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    Gap,
    Inventory,
    Resource,
)
from shopfast_obs.parse.templates import unsupported_types
from shopfast_obs.parse.templates.function_policies import permissions

Reader = Callable[[Calls, Declared], list[Resource]]
WORKERS = 8
GONE = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")

# Each reader with the types that it reads.
READERS: tuple[tuple[str, Reader, tuple[str, ...]], ...] = (
    ("functions", functions.functions, (FUNCTION,)),
    ("event source mappings", functions.event_sources, (EVENT_SOURCE_MAPPING,)),
    ("log groups", functions.log_groups, (LOG_GROUP,)),
    ("alarms", alarms.alarms, (ALARM,)),
    ("log alarms", alarms.log_alarms, (LOG_ALARM,)),
    ("alarm mute rules", alarms.mute_rules, (MUTE_RULE,)),
    ("HTTP APIs", http_apis.http_apis, (HTTP_API, HTTP_STAGE, HTTP_INTEGRATION, HTTP_ROUTE)),
    ("schedules", schedules.schedules, (SCHEDULE,)),
    ("pipes", schedules.pipes, (PIPE,)),
    ("event rules", messages.rules, (EVENT_BUS, EVENT_RULE)),
    ("function URLs", functions.urls, (FUNCTION_URL,)),
    ("tables", tables.tables, (TABLE,)),
    ("REST APIs", apis.rest_apis, (REST_API, REST_STAGE, REST_METHOD)),
    ("queues", messages.queues, (QUEUE, QUEUE_POLICY)),
    ("topics", messages.topics, (TOPIC, SUBSCRIPTION)),
    ("state machines", messages.state_machines, (STATE_MACHINE,)),
)
READ_TYPES = frozenset(type_ for _, _, types in READERS for type_ in types)


def stacks(calls: Calls) -> list[StackStatus]:
    """All stacks that are not deleted."""
    return [
        StackStatus(
            name=item["StackName"],
            status=item["StackStatus"],
            outputs={o["OutputKey"]: o.get("OutputValue", "") for o in item.get("Outputs") or ()},
            reason=item.get("StackStatusReason", ""),
        )
        for item in calls.items("cloudformation", "describe_stacks", "Stacks")
        if item["StackStatus"] not in GONE
    ]


def read(calls: Calls, source: str, chosen: Sequence[str] = ()) -> Inventory:
    """The resources of the chosen stacks, or of the account with what no stack owns. What could not be read is a gap;
    raises NotDeployedError for a stack that does not exist."""
    known, unknown = _names(calls, source, chosen)
    theirs = tuple(sorted(READ_TYPES)) if chosen else ()  # what is not read where a stack is not
    with ThreadPoolExecutor(WORKERS) as pool:
        lists = _listed(calls, known, theirs, pool)
        stacked = Declared(tuple(r for resources, _ in lists.values() for r in resources), everything=not chosen)
        said = pool.map(lambda name: _said(calls, name), lists)
        declared, unlisted = account.completed(calls, stacked)
        answers = list(pool.map(lambda reader: _answer(calls, declared, *reader), READERS))
        texts = list(said)
    found, unasked = single_functions.completed(calls, [resource for resources, _ in answers for resource in resources])
    gaps = tuple(gap for _, gap in (*lists.values(), *answers, *texts) if gap is not None)
    kept, unkept = retention.completed(calls, _own_log_groups(found, declared))
    gaps = tuple(gap for gap in (unknown, *gaps, *unlisted, unasked, unkept) if gap is not None)
    beyond = {key: properties for text, _ in texts for key, properties in text.items()}
    other = [r.resource(r.physical_id, {}) for r in declared.resources if r.type not in READ_TYPES]
    whole = templates.completed(kept + other, beyond, READ_TYPES)
    return Inventory(source, (*whole, *permissions(whole)), (*gaps, *unsupported_types.gaps((*found, *other))))


def _names(calls: Calls, source: str, chosen: Sequence[str]) -> tuple[Sequence[str], Gap | None]:
    """The names of the stacks to read. Those that were chosen are read even where nobody may list stacks."""
    try:
        known = [stack.name for stack in stacks(calls)]
    except RefusedError as refused:
        return chosen, Gap("the list of stacks", refused.message)
    for name in chosen:
        if name not in known:
            there = f"There are: {', '.join(sorted(known))}." if known else "There are none at all."
            raise NotDeployedError(f"There is no stack {name!r} in {source}.", there)
    return chosen or known, None


def _said(calls: Calls, stack: str) -> tuple[templates.Declared, Gap | None]:
    """What the stack's template declares."""
    try:
        return templates.declared(calls, stack), None
    except RefusedError as refused:
        return {}, Gap(f"the template of {stack}", refused.message)


def _listed(
    calls: Calls, known: Sequence[str], theirs: tuple[str, ...], pool: ThreadPoolExecutor
) -> dict[str, tuple[list[StackResource], Gap | None]]:
    """The resources of the stacks, and of those nested in them, by the name of the stack."""
    found: dict[str, tuple[list[StackResource], Gap | None]] = {}
    waiting = list(known)
    while waiting:
        found |= zip(waiting, pool.map(lambda name: _stack_resources(calls, name, theirs), waiting), strict=True)
        inner = [stack_name(r.physical_id) for resources, _ in found.values() for r in resources if r.type == NESTED]
        waiting = [name for name in dict.fromkeys(inner) if name not in found]
    return found


def _stack_resources(calls: Calls, stack: str, theirs: tuple[str, ...]) -> tuple[list[StackResource], Gap | None]:
    try:
        items = calls.items("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack)
    except RefusedError as refused:
        return [], Gap(f"the resources of {stack}", refused.message, theirs)
    listed = [
        StackResource(item["ResourceType"], item["LogicalResourceId"], item["PhysicalResourceId"], stack)
        for item in items
        if item.get("PhysicalResourceId") and item.get("ResourceStatus") != "DELETE_COMPLETE"
    ]
    return listed, None


def _answer(
    calls: Calls, declared: Declared, what: str, reader: Reader, types: tuple[str, ...]
) -> tuple[list[Resource], Gap | None]:
    try:
        return reader(calls, declared), None
    except RefusedError as refused:
        return [], Gap(what, refused.message, types)


def _own_log_groups(found: list[Resource], declared: Declared) -> list[Resource]:
    """Without the log groups that belong neither to a stack nor to a function of the inventory."""
    written = {r.properties["LoggingConfig"]["LogGroup"] for r in found if r.type == FUNCTION}
    owned = {r.physical_id for r in declared.of_type(LOG_GROUP)}
    return [r for r in found if r.type != LOG_GROUP or r.name in written or r.name in owned]
