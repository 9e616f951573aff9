"""The commands of remedies for who reads them: what exists there, and changes what the finding is about."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace

from shopfast_obs.model.findings import Diagnosis, Finding, Outcome, PropertyChange
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, LOG_GROUP, Inventory, Resource

# What rules say; they know nothing of the reader's project.
ALARMS = "shopfast-obs alarms apply"
FIX = "shopfast-obs fix --apply"
INSTRUMENT = "shopfast-obs instrument --apply"

MADE = "a tool makes this template, so change what it is made from"
UNNAMED = "a tool makes it, and the template does not name it"
IN_PLACE = "only functions and their log groups are changed in place"


@record
class Place:
    """What is at hand where the findings about one inventory are read. `options` name the target of what is deployed
    (`--target aws --region eu-west-1`), `region` and `profile` those of the aws command; `template` is a file that
    people write and that declares what is deployed."""

    options: str = ""
    aws_before: str = ""  # what makes an aws command ask this target
    aws_after: str = ""
    template: str = ""
    overlay: Callable[[Resource], bool] = lambda _: False  # the project's CDK app brings it with an overlay
    written: Callable[[str], str] = str  # the file that people write, for that of a resource; empty where a tool does
    takes: Callable[[str, str, str], bool] = lambda *_: True  # a template: a property of a logical id
    obstacle: Callable[[Resource], str] = lambda _: ""  # why a function cannot be instrumented
    runbook: Callable[[str], str] = str  # the runbook's file; empty where there is none


@record
class _Way:
    """The command that does it, or why there is none."""

    command: str = ""
    by_hand: str = ""


def rendered(diagnosis: Diagnosis, inventory: Inventory, place: Place) -> Diagnosis:
    """The diagnosis with remedies and runbooks that exist for its reader."""
    return replace(diagnosis, outcomes=tuple(_rendered(outcome, inventory, place) for outcome in diagnosis.outcomes))


def _rendered(outcome: Outcome, inventory: Inventory, place: Place) -> Outcome:
    if not isinstance(outcome, Finding):
        return outcome
    remedy, resource = outcome.remedy, inventory.find(outcome.resource_type, outcome.resource)
    if remedy.command and resource is not None:
        way = _Rendering(outcome, resource, inventory, place).way()
        summary = f"{remedy.summary} By hand: {way.by_hand}." if way.by_hand else remedy.summary
        remedy = replace(remedy, summary=summary, command=way.command)
    return replace(outcome, remedy=remedy, runbook=place.runbook(outcome.runbook) if outcome.runbook else "")


@record
class _Rendering:
    found: Finding
    resource: Resource
    inventory: Inventory
    place: Place

    def way(self) -> _Way:
        """The command for the input of the finding."""
        command = self.found.remedy.command
        overlay = self.place.overlay(self.resource)
        if command == ALARMS:
            return _Way(command) if overlay else self._alarms()
        if command == INSTRUMENT:
            return self._instrument(overlay=overlay)
        if command == FIX:
            return self._fix(overlay=overlay)
        if self.resource.file:
            return _Way(command)
        if command.startswith("aws "):
            return _Way(f"{self.place.aws_before}{command}{self.place.aws_after}")
        return _Way(self._asked(command))

    def _alarms(self) -> _Way:
        if self.resource.file:
            file = self.place.written(self.resource.file)
            if file:
                return _Way(f"{ALARMS} --template {shlex.quote(file)}")
            return _Way(f"shopfast-obs alarms plan --template {shlex.quote(self.resource.file)}", MADE)
        if self.place.template:
            return _Way(self._asked(f"{ALARMS} --into {shlex.quote(self.place.template)}"))
        return _Way(self._asked(f"{ALARMS} --live"))

    def _instrument(self, *, overlay: bool) -> _Way:
        if self.resource.type != FUNCTION:
            return _Way(INSTRUMENT) if overlay else self._fix(overlay=False)
        obstacle = self.place.obstacle(self.resource)
        if obstacle:
            way = self._fix(overlay=overlay) if self.found.remedy.changes else _Way()
            return way if way.command else _Way(by_hand=obstacle)
        if overlay:
            return _Way(INSTRUMENT)
        file = self.place.written(self.resource.file) if self.resource.file else self._declaring(self.resource)
        if file:
            return _Way(f"{INSTRUMENT} --template {shlex.quote(file)}")
        if self.resource.file:
            return _Way(by_hand=MADE)
        return _Way(self._asked(f"shopfast-obs instrument --live --function {shlex.quote(self.resource.name)} --apply"))

    def _fix(self, *, overlay: bool) -> _Way:
        if overlay:
            return _Way(self._asked(FIX) if not self.resource.file else FIX)
        if self.resource.file:
            file = self.place.written(self.resource.file)
            if not file:
                return _Way(by_hand=MADE)
            taken = any(self._takes(file, change) for change in self.found.remedy.changes)
            return _Way(f"{FIX} --template {shlex.quote(file)}") if taken else _Way(by_hand=UNNAMED)
        if self.place.template and any(self._takes(self.place.template, c) for c in self.found.remedy.changes):
            return _Way(self._asked(f"{FIX} --into {shlex.quote(self.place.template)}"))
        if all(map(_in_place, self.found.remedy.changes)):
            return _Way(self._asked(f"{FIX} --live"))
        return _Way(by_hand=IN_PLACE)

    def _declaring(self, resource: Resource) -> str:
        """The template at hand, where it declares the resource."""
        template = self.place.template
        return template if template and self.place.takes(template, resource.logical_id, "") else ""

    def _takes(self, file: str, change: PropertyChange) -> bool:
        resource = self.inventory.find(change.type, change.resource)
        return resource is not None and self.place.takes(file, resource.logical_id, change.property)

    def _asked(self, command: str) -> str:
        """The command with the target that the finding is about."""
        return f"{command} {self.place.options}" if self.place.options else command


def _in_place(change: PropertyChange) -> bool:
    """True for what `fix --live` can change."""
    if change.type == LOG_GROUP:
        return change.resource.startswith("/aws/lambda/")
    return change.type == FUNCTION and "." not in change.property
