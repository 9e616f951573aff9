"""What the files of `runbooks/` hold: exercises with their checks, runbooks, and the sections that both have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.records import record


@record
class Section:
    """One section of a file: its heading, its text, and the line of the heading."""

    heading: str
    text: str
    line: int


@record
class Instruction:
    """The commands of one step of a section: what is asked, what one should see, and what to do where one does not."""

    section: str
    line: int
    commands: tuple[str, ...]
    asked: str = ""
    expected: str = ""
    otherwise: str = ""


@record
class CheckSpec:
    """One check as an exercise states it: the primitive that judges, its parameters, and what to say when it fails.

    `on_fail` may name the numbers that the check measured, as in `{failed} of {requests} requests failed`.
    """

    id: str
    kind: str
    parameters: Mapping[str, Any]
    on_fail: str


@record
class TrafficSpec:
    """The shoppers that come where there is too little traffic to judge."""

    scenario: str
    rps: float
    seconds: float


@record
class Edit:
    """One change of a file of the project: its text `find`, which is there once, becomes `replace`."""

    file: str
    find: str
    replace: str
    variant: str = ""  # of the fault that it belongs to; all where empty


@record
class Setting:
    """Properties that the overlay gives a resource, by their CloudFormation paths; None takes one away."""

    type: str
    name: str
    properties: Mapping[str, Any]
    variant: str = ""


@record
class Message:
    """A message that is put into the queue whose URL is this output of the application."""

    queue: str
    body: str
    variant: str = ""


@record
class Command:
    """One of our own commands, without `shopfast-obs`; `quick` ones change files, and are all that `goto` runs."""

    line: str
    variant: str = ""


@record
class Call:
    """A change that somebody made by hand: an `aws` command as a call of the API, and the one that takes it back."""

    line: str
    undo: str
    variant: str = ""


Step = Edit | Setting | Message | Command | Call


@record
class Exercise:
    """One exercise. `plant` makes its fault where the application has it not by itself, in one of the `variants`;
    `proves_broken` names the checks that fail when it starts; `guards` are what a fix may not break; `hints` belong to
    a state: the first check that does not pass yet; `solve` are the steps that pass it."""

    id: str
    title: str
    minutes: int
    difficulty: int
    needs: tuple[str, ...]
    faults: tuple[str, ...]
    traffic: TrafficSpec
    checks: tuple[CheckSpec, ...]
    proves_broken: tuple[str, ...]
    hints: Mapping[str, tuple[str, ...]]
    solve: tuple[Step, ...]
    why: str
    path: str
    guards: tuple[CheckSpec, ...] = ()
    plant: tuple[Step, ...] = ()
    sections: tuple[Section, ...] = ()
    stretch: bool = False

    @property
    def judged(self) -> tuple[CheckSpec, ...]:
        """The checks, then the guards."""
        return self.checks + self.guards

    @property
    def variants(self) -> tuple[str, ...]:
        """The forms that its fault takes, one of which a seat gets; one without a name where there is one form."""
        return tuple(dict.fromkeys(step.variant for step in self.plant if step.variant)) or ("",)


@record
class Runbook:
    """One runbook of an alarm kind: what it means and what to do."""

    id: str
    title: str
    alarm: str
    severity: str
    path: str
    sections: tuple[Section, ...] = ()
