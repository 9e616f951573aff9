"""The states of a state machine, from its definition, those inside of Map and Parallel included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.property_values import arn, entries
from shopfast_obs.model.resources import Resource

_CALLS = ("Task",)
_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
_WAITS = re.compile(r"\.(?:sync|waitForTaskToken)")


class State(NamedTuple):
    """One state: its name and its fields; `retried` when a Map or Parallel around it is tried again as a whole."""

    name: str
    fields: Mapping[str, Any]
    retried: bool = False

    @property
    def kind(self) -> str:
        """`Task`, `Wait`, `Fail`, ..."""
        return str(self.fields.get("Type", ""))


class Definition(NamedTuple):
    """A readable definition."""

    fields: Mapping[str, Any]
    states: tuple[State, ...]

    @property
    def tasks(self) -> tuple[State, ...]:
        """The states that call something."""
        return tuple(state for state in self.states if state.kind in _CALLS)


def definition(machine: Resource, context: Context) -> Definition | None:
    """The definition; None when the template or the API leaves it out or in pieces."""
    return context.once(("definition", machine.name), lambda: _definition(machine))


def _definition(machine: Resource) -> Definition | None:
    said = machine.properties.get("DefinitionString", machine.properties.get("Definition"))
    if isinstance(said, Mapping) and "Fn::Join" in said:
        said = _joined(said["Fn::Join"])
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except ValueError:
            return None
    if not isinstance(said, Mapping) or not isinstance(said.get("States"), Mapping):
        return None
    return Definition(said, tuple(_states(said)))


def _joined(argument: Any) -> str:  # noqa: ANN401 - what a template holds
    """The text of a join whose parts that only the cloud knows are ARNs inside of strings."""
    parts = argument[1] if isinstance(argument, list) and len(argument) == 2 else ()
    return "".join(part if isinstance(part, str) else json.dumps(part).replace('"', "") for part in parts)


def _states(machine: Mapping[str, Any]) -> Iterator[State]:
    waiting = [(machine, False)]
    while waiting:
        within, retried = waiting.pop(0)
        for name, fields in entries(within.get("States")).items():
            if isinstance(fields, Mapping):
                yield State(name, fields, retried)
                branches = fields.get("Branches")
                inner = [fields.get("Iterator"), fields.get("ItemProcessor")]
                inner += branches if isinstance(branches, list) else []
                again = retried or bool(fields.get("Retry"))
                waiting += [(item, again) for item in inner if isinstance(item, Mapping)]


def called(task: State, machine: Resource, context: Context) -> str:
    """What a task calls: `lambda`, `activity`, or the service of an integration (`states`, `ecs`, with `.sync` or
    `.waitForTaskToken` where it waits); empty when only the cloud knows."""
    resource = meant(task.fields.get("Resource"), machine)
    service, rest = arn(resource)
    if service == "states" and not rest.startswith("activity:"):
        service, _, action = rest.partition(":")
        waits = _WAITS.search(action)
        return service + (waits[0] if waits else "")
    if service:
        return "activity" if service == "states" else service
    named = context.references.named(resource)
    kinds = {"AWS::Lambda::Function": "lambda", "AWS::StepFunctions::Activity": "activity"}
    return next((kinds[found.type] for found in named if found.type in kinds), "")


def meant(resource: Any, machine: Resource) -> Any:  # noqa: ANN401
    """What `${OrderFunctionArn}` of a definition stands for."""
    substituted = _PLACEHOLDER.fullmatch(resource) if isinstance(resource, str) else None
    known = entries(machine.properties.get("DefinitionSubstitutions"))
    return known.get(substituted[1], resource) if substituted else resource
