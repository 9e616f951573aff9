"""What the REPORT lines of the deployed functions say about a run of the traffic."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from shopfast_obs.cli.app import App
from shopfast_obs.errors import ShopfastObsError

if TYPE_CHECKING:
    from shopfast_obs.model.telemetry import InvocationReport
    from shopfast_obs.model.traffic import Sample

REPORTS = '?"REPORT RequestId:" ?"platform.report"'  # a filter pattern of CloudWatch Logs
SETTLING = 0.3  # seconds until the report on an invocation that was just answered is in the log
WORKERS = 8


def reports(app: App, samples: Sequence[Sample]) -> list[InvocationReport]:
    """The reports of the project's functions while the samples were taken; none where they cannot be read."""
    from botocore.exceptions import BotoCoreError, ClientError

    if not samples:
        return []
    try:
        groups = _groups(app)
        found = _read(app, groups, samples)
        return found if _complete(samples, found) else _read(app, groups, samples, after=SETTLING)
    except (ShopfastObsError, ClientError, BotoCoreError):
        return []


def _read(app: App, groups: Sequence[str], samples: Sequence[Sample], after: float = 0.0) -> list[InvocationReport]:
    from shopfast_obs.model.telemetry import TimeRange
    from shopfast_obs.parse import platform

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


def _groups(app: App) -> list[str]:
    """The log groups of the functions in the project's stacks."""
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
    return sorted({_group(f) for page in functions for f in page["Functions"] if f["FunctionName"] in names})


def _group(function: Mapping[str, Any]) -> str:
    chosen: str | None = function.get("LoggingConfig", {}).get("LogGroup")
    return chosen or f"/aws/lambda/{function['FunctionName']}"
