"""From an inventory to the alarms that it needs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import takewhile
from typing import Any

from shopfast_obs.alarms.catalogue import ASKED_FOR, kinds
from shopfast_obs.alarms.catalogue.logged_errors import ROLE
from shopfast_obs.alarms.interface import NotNeeded
from shopfast_obs.alarms.queries import on_queries
from shopfast_obs.analysis.wiring.references import References
from shopfast_obs.facts import number
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource

KIND = "{kind}"  # what stands in the address of the runbooks for the kind of alarm
PRICE = number("cloudwatch-price-alarm-metric")  # USD a month


@record
class Derived:
    """The alarms that an inventory needs, the name of the topic that they notify, and what needs none. `partial`:
    somebody asked for some of them only."""

    alarms: tuple[AlarmDefinition, ...]
    topic: str
    not_needed: tuple[NotNeeded, ...]
    partial: bool = False
    resources: tuple[Resource, ...] = ()  # what each of the alarms watches
    on_queries: tuple[str, ...] = ()  # the alarms on queries that are there already, a sentence each

    @property
    def monthly_cost(self) -> float:
        """USD a month on AWS: each metric that an alarm reads is billed."""
        return PRICE * sum(metrics(alarm) for alarm in self.alarms)


def derive(
    inventory: Inventory,
    only: Collection[str] = (),
    names: Collection[str] = (),
    runbooks: str = "",
    log_alarm_role: str = "",
) -> Derived:
    """One alarm for every resource and kind of the catalogue that applies (of the kinds in `only`, when any is there,
    and of the resources that go by one of the names or patterns). `runbooks` is the address of the project's own, and
    `log_alarm_role` the ARN of the role by which log alarms query."""
    made, not_needed = [], []
    index = References(inventory)
    index.once(ROLE, lambda: log_alarm_role or None)
    for kind in kinds():
        if kind.id not in only if only else kind.id in ASKED_FOR:
            continue
        for resource in inventory.of_type(kind.resource_type):
            if names and not goes_by(resource, names):
                continue
            result = kind.derive(resource, index)
            if isinstance(result, NotNeeded):
                not_needed.append(result)
            else:
                made.append((_with_runbook(result, runbooks), resource))
    made.sort(key=lambda pair: pair[0].name)
    alarms, resources = tuple(alarm for alarm, _ in made), tuple(resource for _, resource in made)
    partial = bool(only or names)
    topic, there = f"{application(inventory)}-alarms", on_queries(inventory)
    return Derived(alarms, topic, tuple(not_needed), partial, resources, there)


def _with_runbook(alarm: AlarmDefinition, runbooks: str) -> AlarmDefinition:
    """The alarm with its runbook's address at the end of its description, or the name that it has here."""
    place = runbooks.replace(KIND, alarm.kind) if KIND in runbooks else f"{runbooks.rstrip('/')}/{alarm.kind}"
    said = f"{alarm.properties['AlarmDescription']} Runbook: {place if runbooks else alarm.kind}"
    return replace(alarm, properties={**alarm.properties, "AlarmDescription": said})


def goes_by(resource: Resource, names: Collection[str]) -> bool:
    """True for a resource that people call so, or whose name fits one of the patterns."""
    called = {resource.name, resource.logical_id, resource.arn} - {""}
    return any(fnmatchcase(said, name) for said in called for name in names)


def metrics(alarm: AlarmDefinition) -> int:
    """How many metrics the alarm reads."""
    return read_metrics(alarm.properties)


def read_metrics(properties: Mapping[str, Any]) -> int:
    """How many metrics an alarm with these properties reads."""
    return sum("MetricStat" in query for query in properties.get("Metrics", ())) or 1


def application(inventory: Inventory) -> str:
    """What the application calls itself: the words that all its functions' names begin with, else its only stack."""
    functions = list(inventory.of_type(FUNCTION))
    words = [re.split("[-/]", resource.name) for resource in functions]
    shared = takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False)) if len(words) > 1 else ()
    stacks = {resource.stack for resource in functions}
    only = re.sub(r"[^\w-]+", "-", stacks.pop()) if len(stacks) == 1 else ""
    return "-".join(column[0] for column in shared) or only or "application"
