"""The states of a state machine, from its definition, those inside of Map and Parallel included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shopfast_obs.diagnose.context import Context
from shopfast_obs.model.resources import Resource

_CALLS = ("Task",)


class State(NamedTuple):
    """One state: its name and its fields."""

    name: str
    fields: Mapping[str, Any]

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
    waiting = [machine]
    while waiting:
        for name, fields in (waiting.pop(0).get("States") or {}).items():
            if isinstance(fields, Mapping):
                yield State(str(name), fields)
                inner = [fields.get("Iterator"), fields.get("ItemProcessor"), *(fields.get("Branches") or ())]
                waiting += [item for item in inner if isinstance(item, Mapping)]
