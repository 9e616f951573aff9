"""What the REPORT lines of the deployed functions say about a run of the traffic."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shopfast_obs.cli.app import App
from shopfast_obs.errors import ShopfastObsError

if TYPE_CHECKING:
    from shopfast_obs.analysis.sizing.prediction_outcome import Judged
    from shopfast_obs.model.telemetry import InvocationReport
    from shopfast_obs.model.traffic import Sample

REPORTS = '?"REPORT RequestId:" ?"platform.report"'  # a filter pattern of CloudWatch Logs
SETTLING = 0.3  # seconds until the report on an invocation that was just answered is in the log
WORKERS = 8


@dataclass(frozen=True)
class Reported:
    """REPORT lines, and the log group of each function that has one to itself."""

    reports: Sequence[InvocationReport] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def of(self, function: str) -> list[InvocationReport]:
        """Those of one function, as far as its log group tells."""
        return [report for report in self.reports if report.group == self.groups.get(function)]


def reported(app: App, samples: Sequence[Sample]) -> Reported:
    """What the project's functions reported while the samples were taken; nothing where it cannot be read."""
    from botocore.exceptions import BotoCoreError, ClientError

    if not samples:
        return Reported()
    try:
        writers = _groups(app)
        groups = sorted(set(writers.values()))
        found = _read(app, groups, samples)
        if not _complete(samples, found):
            found = _read(app, groups, samples, after=SETTLING)
    except (ShopfastObsError, ClientError, BotoCoreError):
        return Reported()
    shared = Counter(writers.values())
    return Reported(found, {name: group for name, group in writers.items() if shared[group] == 1})


def predictions(app: App, seen: Reported) -> tuple[Judged, ...]:
    """What became of the predictions of the fixes that are in force; none where the journal cannot be read."""
    from shopfast_obs.analysis.sizing.prediction_outcome import judged
    from shopfast_obs.changes.engine import predicted

    with suppress(ShopfastObsError):
        said = predicted(app.settings.state_dir)
        return judged(said, {one.function: seen.of(one.function) for one in said})
    return ()


def _read(app: App, groups: Sequence[str], samples: Sequence[Sample], after: float = 0.0) -> list[InvocationReport]:
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse.logs import platform

    time.sleep(after)
    window = TimeRange(min(sample.started for sample in samples) - 1, time.time() + 1)
    cloud = app.cloud()
    with ThreadPoolExecutor(WORKERS) as readers:
        events = readers.map(lambda group: list(cloud.events(group, window, REPORTS)), groups)
        found = [platform.report(event.message, event) for group in events for event in group]
    return [report for report in found if report is not None]


def _complete(samples: Sequence[Sample], found: Sequence[InvocationReport]) -> bool:
    """True unless some of a route's requests are reported and others not yet."""
    from shopfast_obs.analysis.traffic import named_by, report_of

    named = named_by(found)
    reported = {sample.route for sample in samples if report_of(sample, named)}
    return bool(reported) and all(report_of(sample, named) for sample in samples if sample.route in reported)


def _groups(app: App) -> dict[str, str]:
    """The log group of each function in the project's stacks."""
    from shopfast_obs.cli.deploy import project

    client = app.clients()
    stacks = client("cloudformation").get_paginator("list_stack_resources")
    names = {
        resource["PhysicalResourceId"]
        for stack in project(app, app.terminal.say).stacks()
        for page in stacks.paginate(StackName=stack.name)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::Lambda::Function"
    }
    functions = client("lambda").get_paginator("list_functions").paginate()
    found = (function for page in functions for function in page["Functions"])
    return {f["FunctionName"]: _group(f) for f in found if f["FunctionName"] in names}


def _group(function: Mapping[str, Any]) -> str:
    chosen: str | None = function.get("LoggingConfig", {}).get("LogGroup")
    return chosen or f"/aws/lambda/{function['FunctionName']}"
