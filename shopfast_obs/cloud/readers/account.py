"""What the services list for the whole account: resources that no stack may name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from shopfast_obs.cloud.aws_calls import Calls, RefusedError
from shopfast_obs.cloud.readers.declared import Declared, StackResource, picked
from shopfast_obs.model.resources import EVENT_BUS, QUEUE, REST_API, STATE_MACHINE, TABLE, TOPIC, Gap

OF_NO_STACK = "{} of no stack"


def completed(calls: Calls, declared: Declared) -> tuple[Declared, list[Gap]]:
    """What the stacks declare, and beside it what only the services list; a list that was refused is a gap."""
    if not declared.everything:
        return declared, []
    known = {(resource.type, _name(resource.physical_id)) for resource in declared.resources}
    with ThreadPoolExecutor(len(LISTS)) as pool:
        answers = list(pool.map(lambda kind: _listed(calls, *kind), LISTS))
    more = [r for listed, _ in answers for r in listed if (r.type, _name(r.physical_id)) not in known]
    return Declared((*declared.resources, *more)), [gap for _, gap in answers if gap is not None]


def _listed(
    calls: Calls, what: str, type_: str, ids: Callable[[Calls], Iterable[str]]
) -> tuple[list[StackResource], Gap | None]:
    try:
        return [StackResource(type_, "", id_, "") for id_ in ids(calls)], None
    except RefusedError as refused:
        return [], Gap(OF_NO_STACK.format(what), refused.message, (type_,))


def _each(key: str, items: Iterable[Mapping[str, str]]) -> list[str]:
    return [item[key] for item in items]


def _machines(calls: Calls) -> list[dict[str, str]]:
    return calls.items("stepfunctions", "list_state_machines", "stateMachines")


def _buses(calls: Calls) -> list[str]:
    """All buses but the account's own, which nobody made."""
    found, more = [], {"NextToken": ""}
    while more:
        answer = calls.one("events", "list_event_buses", **{key: token for key, token in more.items() if token})
        found += [bus["Name"] for bus in answer.get("EventBuses") or ()]
        more = picked(answer, ("NextToken",))
    return [name for name in found if name != "default"]


def _name(physical_id: str) -> str:
    # The same queue has another URL after the local cloud moved to another port.
    return physical_id.rsplit("/", 1)[-1]


# Each kind with its type and the physical ids that its service lists, as CloudFormation has them.
LISTS: tuple[tuple[str, str, Callable[[Calls], Iterable[str]]], ...] = (
    ("tables", TABLE, lambda calls: calls.items("dynamodb", "list_tables", "TableNames")),
    ("REST APIs", REST_API, lambda calls: _each("id", calls.items("apigateway", "get_rest_apis", "items"))),
    ("queues", QUEUE, lambda calls: calls.items("sqs", "list_queues", "QueueUrls")),
    ("topics", TOPIC, lambda calls: _each("TopicArn", calls.items("sns", "list_topics", "Topics"))),
    ("event buses", EVENT_BUS, _buses),
    ("state machines", STATE_MACHINE, lambda calls: _each("stateMachineArn", _machines(calls))),
)
