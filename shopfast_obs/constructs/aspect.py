"""The overlay as a CDK aspect. Heavy: import it only where `aws_cdk` is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import jsii
from aws_cdk import Annotations, App, Aspects, CfnResource, IAspect, Stack, Stage
from constructs import IConstruct

from shopfast_obs.constructs import layers, resources, tracing
from shopfast_obs.constructs.alarms import Alarms
from shopfast_obs.constructs.resources import Found
from shopfast_obs.model.overlay import Overlay, ResourceOverlay

# After the aspects that change things (200) and those without a choice (500): the overlay has the last word.
PRIORITY = 600
CDK_CLI = "CDK_CLI_ASM_VERSION"  # set by the CDK CLI for the app that it runs


def attach(app: App, overlay: Overlay) -> None:
    """Apply the overlay when the app synthesises, in every stage that it has by now."""
    aspect = OverlayAspect(overlay)
    for construct in app.node.find_all():
        if Stage.is_stage(construct):  # CDK hands no aspect of an app on to the stages in it
            Aspects.of(construct).add(aspect, priority=PRIORITY)


@jsii.implements(IAspect)
class OverlayAspect:
    """Changes what the overlay names, stage by stage; inner stages come before the app that they are in."""

    def __init__(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self._missing = {(r.type, r.name) for r in overlay.resources}
        self._unplaced = {alarm.name for alarm in overlay.alarms}

    def visit(self, node: IConstruct) -> None:
        """Called by CDK for every construct; the work is done once a stage."""
        if not Stage.is_stage(node):
            return
        present = list(resources.within(node))
        for change in self._overlay.resources:
            self._change(change, present)
        stacks = [child for child in resources.below(node) if Stack.is_stack(child)]
        self._add_alarms(stacks, present, last=App.is_app(node))
        if App.is_app(node):
            self._warn_of_missing(stacks)

    def _change(self, change: ResourceOverlay, present: Sequence[Found]) -> None:
        for found in present:
            if found.type == change.type and found.goes_by(change.name):
                self._missing.discard((change.type, change.name))
                _apply(change, found.resource, present)

    def _add_alarms(self, stacks: Sequence[IConstruct], present: Sequence[Found], *, last: bool) -> None:
        alarms = Alarms(self._overlay.alarm_topic, present)
        for alarm in self._overlay.alarms:
            watched = next((found for found in present if found.goes_by(alarm.resource)), None)
            if watched:
                alarms.add(watched.stack, alarm)
                self._unplaced.discard(alarm.name)
            elif last and stacks and alarm.name in self._unplaced:
                alarms.add(Stack.of(stacks[-1]), alarm)

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
        tracing.permit(resource, change.properties, present)
        layers.append(resource, change.layers)
    except (tracing.NoRoleError, layers.UnfitError) as problem:
        _warn(resource, f"{change.type} {change.name} {problem}.")


def _warn(construct: IConstruct, message: str) -> None:
    """An annotation, which the CDK CLI shows; who synthesises without it reads the sentence on stderr."""
    Annotations.of(construct).add_warning_v2("shopfast-obs:overlay", message)
    if CDK_CLI not in os.environ:
        sys.stderr.write(f"Warning: {message}\n")
