"""The overlay as a CDK aspect. Heavy: import it only where `aws_cdk` is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import jsii
from aws_cdk import Annotations, App, Aspects, CfnResource, IAspect, Stack
from constructs import IConstruct

from shopfast_obs.constructs import layers, resources, tracing_permissions
from shopfast_obs.constructs.alarms import Alarms, GoneError
from shopfast_obs.constructs.resources import Found
from shopfast_obs.model.overlay import Overlay, ResourceOverlay

# After the aspects that change things (200) and those without a choice (500): the overlay has the last word.
PRIORITY = 600
CDK_CLI = "CDK_CLI_ASM_VERSION"  # set by the CDK CLI for the app that it runs


def attach(app: App, overlay: Overlay) -> None:
    """Apply the overlay when the app synthesises, in every stage that it has by now."""
    aspect = OverlayAspect(overlay)
    for construct in app.node.find_all():
        if resources.is_stage(construct):  # CDK hands no aspect of an app on to the stages in it
            Aspects.of(construct).add(aspect, priority=PRIORITY)


@jsii.implements(IAspect)
class OverlayAspect:
    """Changes what the overlay names, stage by stage; inner stages come before the app that they are in."""

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self._missing = {(change.type, change.name) for change in overlay.resources}
        self._unplaced = {alarm.name for alarm in overlay.alarms}
        self._present: list[Found] = []
        self._due: dict[str, list[ResourceOverlay]] = {}  # by the path of the resource

    def visit(self, node: IConstruct) -> None:
        """Called by CDK for every construct, a stage before what is in it."""
        if resources.is_stage(node):
            self._enter(node)
        elif self._due and isinstance(node, CfnResource):
            # Not on entering: the other aspects have been at the resource only now.
            for change in self._due.pop(node.node.path, ()):
                _apply(change, node, self._present)

    def _enter(self, stage: IConstruct) -> None:
        constructs = list(resources.below(stage))
        self._present = list(resources.within(constructs))
        stacks = [construct for construct in constructs if resources.is_stack(construct)]
        for change in self._overlay.resources:
            for found in self._present:
                if found.type == change.type and found.goes_by(change.name):
                    self._missing.discard((change.type, change.name))
                    self._due.setdefault(found.resource.node.path, []).append(change)
        self._add_alarms(stacks, last=App.is_app(stage))
        if App.is_app(stage):
            self._warn_of_missing(stacks)

    def _add_alarms(self, stacks: Sequence[IConstruct], *, last: bool) -> None:
        alarms = Alarms(self._overlay.alarm_topic, self._present)
        for alarm in self._overlay.alarms:
            watched = next((found for found in self._present if found.goes_by(alarm.resource)), None)
            try:
                if watched:
                    self._unplaced.discard(alarm.name)
                    alarms.add(watched.stack, alarm)
                elif last and stacks and alarm.name in self._unplaced:
                    alarms.add(Stack.of(stacks[-1]), alarm)
            except GoneError as problem:
                _warn(watched.stack if watched else stacks[-1], f"The alarm {alarm.name} {problem}; it is left out.")

    def _warn_of_missing(self, stacks: Sequence[IConstruct]) -> None:
        for type_, name in sorted(self._missing):
            for stack in stacks[:1]:  # CDK keeps no annotation of the app itself
                _warn(stack, f"The overlay changes {type_} {name}, which this app does not have.")


def _apply(change: ResourceOverlay, resource: CfnResource, present: Sequence[Found]) -> None:
    for path, value in sorted(change.properties.items()):
        if value is None:
            resource.add_property_deletion_override(path)
        else:
            resource.add_property_override(path, value)
    try:
        tracing_permissions.permit(resource, change.properties, present)
        layers.append(resource, change.layers)
    except (tracing_permissions.NoRoleError, layers.UnfitError) as problem:
        _warn(resource, f"{change.type} {change.name} {problem}.")


def _warn(construct: IConstruct, message: str) -> None:
    """An annotation, which the CDK CLI shows; who synthesises without it reads the sentence on stderr."""
    Annotations.of(construct).add_warning_v2("shopfast-obs:overlay", message)
    if CDK_CLI not in os.environ:
        sys.stderr.write(f"Warning: {message}\n")
