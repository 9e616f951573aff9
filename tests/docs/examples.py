"""An example of a rule as what rules are given to read: a template, or what is deployed of it and was observed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

from docs.generators.rule_examples import Side
from shopfast_obs.cli.application import function_sources, templates
from shopfast_obs.diagnose.collect import collect
from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.model.findings import Outcome
from shopfast_obs.model.recording import Recording
from shopfast_obs.model.resources import HTTP_API, STATE_MACHINE, Inventory, Resource
from shopfast_obs.model.telemetry import LogEvent, MetricSeries, Observations
from shopfast_obs.testing import FakeCloud
from tests.diagnose.builders import START, WINDOW
from tests.docs.example_telemetry import logs, traces

OBSERVED = {"logs", "traces", "metrics"}
PARTS = {"says", "template", "source"} | OBSERVED
Rewrite = Callable[[Sequence[LogEvent]], list[LogEvent]]
BY_ARN = {STATE_MACHINE: "StateMachineArn", HTTP_API: "ApiId"}  # dimensions whose value is no name
METRIC = re.compile(r"(?P<namespace>\S+) (?P<name>\S+) (?P<dimensions>.*), (?P<statistic>\w+): (?P<values>[-\d. ]+)")


def outcomes(rule: Rule, side: Side, folder: Path, rewrite: Rewrite = list) -> tuple[Outcome, ...]:
    """What the rule says of one side of its example, whose files are put into the folder, the lines of its logs as they
    are rewritten."""
    seen = recording(rule, side, folder, rewrite)
    return diagnose(seen.inventory, seen.observations, [rule], seen.sources).outcomes


def recording(rule: Rule, side: Side, folder: Path, rewrite: Rewrite) -> Recording:
    """The template read as `diagnose --template` reads it; where something was observed, its resources are deployed,
    each under the name that the template calls it, and what was observed is asked of a cloud as for `diagnose`."""
    assert side.keys() <= PARTS
    for name, text in {"template.yaml": side["template"], **side.get("source", {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with chdir(folder):  # a reader is told of template.yaml, wherever the test puts it
        inventory = templates.inventory([Path("template.yaml")])
        sources = function_sources.beside(inventory)
    if not OBSERVED & side.keys():
        return Recording(inventory, None, sources)
    inventory = replace(inventory, source="example", resources=tuple(map(_deployed, inventory.resources)))
    return Recording(inventory, _observed(rule, side, inventory, rewrite), sources)


def _deployed(resource: Resource) -> Resource:
    return replace(resource, by_reference="", arn=resource.arn or resource.name, file="", lines={})


def _observed(rule: Rule, side: Side, inventory: Inventory, rewrite: Rewrite) -> Observations:
    metrics = tuple(_series(line, inventory) for line in side.get("metrics", "").splitlines())
    written = {group: rewrite(events) for group, events in logs(side.get("logs", {})).items()}
    cloud = FakeCloud(inventory, written, traces(side.get("traces", ())), metrics)
    return collect(cloud, inventory, WINDOW, [rule])


def _series(line: str, inventory: Inventory) -> MetricSeries:
    """`AWS/Lambda Throttles FunctionName=Worker, Sum: 0 3 5`."""
    said = METRIC.fullmatch(line)
    assert said, line
    points = tuple((START + 60 * minute, float(value)) for minute, value in enumerate(said["values"].split()))
    dimensions = tuple(_dimensions(said["dimensions"], inventory))
    return MetricSeries(said["namespace"], said["name"], dimensions, said["statistic"], 60, points)


def _dimensions(said: str, inventory: Inventory) -> Iterator[tuple[str, str]]:
    for pair in said.split():
        name, _, value = pair.partition("=")
        resource = next((r for r in inventory.resources if r.name == value and BY_ARN.get(r.type) == name), None)
        yield name, resource.arn if resource else value
