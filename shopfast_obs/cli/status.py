"""`status`: what is deployed, where, and whether it is healthy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cloud.target import how_to_deploy
from shopfast_obs.errors import DeniedError, NotDeployedError
from shopfast_obs.model.records import record
from shopfast_obs.model.references import stack_name

if TYPE_CHECKING:
    from shopfast_obs.cloud.interface import StackStatus

MOST_NAMED = 6
WHOLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


@record
class Function:
    """One deployed function as `status` shows it."""

    name: str
    runtime: str
    timeout: int
    memory: int
    tracing: str
    state: str


@click.command()
@options.target
@options.output("text", "json")
@pass_app
def command(app: App, output_format: str) -> None:
    """What is deployed, where, and whether it is healthy: stacks, functions, URLs, alarms.

    \b
    Examples:
      shopfast-obs status
      shopfast-obs status --format json
    """
    from shopfast_obs.cli.deploy import project

    target = app.target()
    deployment = project(app, app.terminal.say)
    stacks = deployment.stacks()
    if not stacks:
        raise nothing_deployed(app)
    view = {
        "target": {"name": target.name, "region": target.region, "endpoint_url": target.endpoint_url},
        "healthy": all(stack.status in WHOLE for stack in stacks),
        "stacks": [{"name": s.name, "status": s.status, "reason": s.reason} for s in stacks],
        "functions": functions(app, stacks),
        "outputs": deployment.outputs(),
        "alarms": [{"name": a.name, "state": a.state, "reason": a.reason} for a in app.cloud().alarms()],
    }
    if output_format == "json":
        app.terminal.json(view)
    else:
        show(app, view)


def nothing_deployed(app: App) -> NotDeployedError:
    """That nothing of the project is there, after the cloud was asked; raises CloudUnreachableError when it does not
    answer, for then nobody knows."""
    others = []
    with suppress(DeniedError):
        others = sorted(stack.name for stack in app.cloud().stacks())
    there = f" There are the stacks {', '.join(others[:MOST_NAMED])}." if others else ""
    return NotDeployedError(
        f"Nothing of this project is deployed on {app.target_name}.{there}", how_to_deploy(app.settings)
    )


def functions(app: App, stacks: list[StackStatus]) -> list[Function]:
    """The functions of the stacks, as the cloud has them now."""
    pages = app.client("cloudformation").get_paginator("list_stack_resources")
    names = {name for stack in stacks for name in _functions_of(stack.name, pages)}
    pages = app.client("lambda").get_paginator("list_functions").paginate()
    return sorted(
        (_function(item) for page in pages for item in page["Functions"] if item["FunctionName"] in names),
        key=lambda function: function.name,
    )


def _functions_of(stack: str, pages: Any) -> Iterator[str]:  # noqa: ANN401 - a boto3 paginator
    """The names of the functions of a stack, and of those nested in it."""
    for page in pages.paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            match resource:
                case {"ResourceType": "AWS::Lambda::Function", "PhysicalResourceId": str(name)}:
                    yield name
                case {"ResourceType": "AWS::CloudFormation::Stack", "PhysicalResourceId": str(arn)}:
                    yield from _functions_of(stack_name(arn), pages)


def _function(item: dict[str, Any]) -> Function:
    return Function(
        item["FunctionName"],
        item.get("Runtime", item.get("PackageType", "")),
        item["Timeout"],
        item["MemorySize"],
        item.get("TracingConfig", {}).get("Mode", "PassThrough"),
        item.get("State", "Active"),
    )


def show(app: App, view: dict[str, Any]) -> None:
    """Print the status for a person."""
    terminal, target = app.terminal, view["target"]
    where = f" at {target['endpoint_url']}" if target["endpoint_url"] else ""
    terminal.out(f"Target {target['name']} ({target['region']}){where}")
    terminal.table(("stack", "status", "reason"), [(s["name"], s["status"], s["reason"]) for s in view["stacks"]])
    terminal.table(
        ("function", "runtime", "timeout s", "memory MB", "tracing", "state"),
        [(f.name, f.runtime, str(f.timeout), str(f.memory), f.tracing, f.state) for f in view["functions"]],
    )
    for key, value in view["outputs"].items():
        if value.startswith(("http://", "https://")):
            terminal.out(f"{key:<16} {value}")
    if view["alarms"]:
        terminal.table(("alarm", "state"), [(a["name"], a["state"]) for a in view["alarms"]])
    else:
        terminal.say("No alarm watches it. See: shopfast-obs alarms plan")
    if not view["healthy"]:
        terminal.warn("a stack is not whole; run shopfast-obs deploy again, it picks up.")
