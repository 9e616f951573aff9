"""Leads an application whose infrastructure is a template through the product, as somebody who owns one would."""

from __future__ import annotations

import atexit
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest

from shopfast_obs.cloud.deploy.npm import Npm
from shopfast_obs.model.overlay import Tracing
from shopfast_obs.model.resources import FUNCTION
from tests.localcloud.keys import control
from tests.story.conftest import Project, eventually

AWS = Path(sys.prefix) / "peers" / "bin" / "aws"
LOCKED = Path(__file__).parents[1] / "parse" / "dialects" / "osls"
SAM = Path(sys.prefix) / "sam" / "bin" / "sam"
MINUTES = 14  # of the cloud's clock, in which an alarm fires or recovers
BUCKET = "artifacts"
# What an alarm is, of what describe-alarms says.
PROPERTIES = (
    *("Namespace", "MetricName", "Dimensions", "Metrics", "Statistic", "ExtendedStatistic", "Period", "Threshold"),
    *("EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "TreatMissingData"),
)


@cache
def framework() -> Path:
    """The script of the Serverless Framework's maintained fork, installed as it is locked."""
    folder = Path(tempfile.mkdtemp(prefix="osls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCKED / name, folder)
    Npm.found().install(folder)
    return folder / "node_modules" / "osls" / "bin" / "serverless.js"


@dataclass
class Abroad(Project):
    """A folder with a template and its sources, and a cloud of its own."""

    template: str = "template.yaml"
    by: Literal["aws", "sam", "serverless"] = "aws"
    stack: str = "abroad"
    parameters: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        began = time.monotonic()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began

    def tool(self, program: Path, line: str) -> str:
        """What an unmodified tool prints, with what `cloud env` says alone."""
        done = subprocess.run(
            [str(program), *shlex.split(line)],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, f"{line}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def environment(self) -> dict[str, str]:
        """This process's, and what `cloud env` says."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SHOPFAST_"))}
        said = re.findall(r"^export (\w+)=(.*)$", self.run("cloud env").stdout, re.M)
        quiet = {"SAM_CLI_TELEMETRY": "0", "SLS_TELEMETRY_DISABLED": "1"}
        given = self.parameters if self.by == "serverless" else {}
        return {**kept, **dict(said), **quiet, **given, "AWS_CONFIG_FILE": "/nonexistent"}

    def deploy(self) -> None:
        """Package and deploy the template by its own tool."""
        if self.by == "serverless":
            self.tool(Npm.found().node, f"{framework()} deploy")
            return
        s3 = self.client("s3")
        if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=BUCKET)
        given = " ".join(f"{name}={value}" for name, value in self.parameters.items())
        common = f"--stack-name {self.stack} --capabilities CAPABILITY_IAM"
        common += f" --parameter-overrides {given}" if given else ""
        if self.by == "sam":
            quiet = "--no-progressbar --no-confirm-changeset --no-fail-on-empty-changeset"
            self.tool(SAM, f"deploy --template-file {self.template} --s3-bucket {BUCKET} {quiet} {common}")
            return
        made = self.folder.parent / "packaged.yaml"
        said = f"--template-file {self.template} --s3-bucket {BUCKET} --output-template-file {made}"
        self.tool(AWS, f"cloudformation package {said}")
        self.tool(AWS, f"cloudformation deploy --template-file {made} {common}")

    def resources(self) -> dict[str, tuple[str, str]]:
        """Type and physical id of what is deployed, by logical id."""
        found = self.client("cloudformation").describe_stack_resources(StackName=self.stack)["StackResources"]
        return {r["LogicalResourceId"]: (r["ResourceType"], r["PhysicalResourceId"]) for r in found}

    def physical(self, logical_id: str) -> str:
        """What is deployed under that logical id."""
        return self.resources()[logical_id][1]

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", ())}

    def fault(self, service: str, operation: str, error: str) -> None:
        """Calls of this operation fail from now on."""
        self._faults("POST", {"service": service, "operation": operation, "error": error})

    def no_faults(self) -> None:
        """No call fails any more but by itself."""
        self._faults("DELETE", None)

    def _faults(self, method: str, fault: dict[str, Any] | None) -> None:
        body = json.dumps(fault).encode() if fault else None
        assert control(self.endpoint, self.settings.state_dir / "cloud", "faults", method, body)[0] == 200

    def alarms(self) -> dict[str, Any]:
        """Every alarm, by name."""
        pages = self.client("cloudwatch").get_paginator("describe_alarms").paginate()
        return {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}

    def rules(self, line: str) -> set[str]:
        """The rules whose findings a command of `diagnose` shows."""
        document = self.json(f"diagnose {line}", code=None)
        return {finding["rule"] for finding in document["findings"]}

    def files(self) -> dict[str, bytes]:
        """Every file of the application, without the state of the cloud and what tools make."""
        made = {".shopfast", ".serverless", "node_modules", ".aws-sam", "__pycache__"}
        found = (path for path in self.folder.rglob("*") if path.is_file() and not made & set(path.parts))
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}


class Troubles(Protocol):
    """What goes wrong with one application, and what ends it."""

    def begin(self) -> None:
        """What breaks once."""

    def happen(self) -> None:
        """What happens every minute meanwhile."""

    def end(self) -> None:
        """All is as it was."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What leading one application through needs to know of it."""

    use: Callable[[Abroad], None]  # one request that reaches every function; raises where it is not answered
    troubles: Callable[[Abroad], Troubles]
    named: frozenset[str] = frozenset()  # rules that name the trouble while it lasts
    not_drilled: dict[str, str] = field(default_factory=dict)  # an alarm's name without its stack: why
    tracing: Tracing = "xray"  # how its functions are traced


def lead(project: Abroad, journey: Journey) -> set[str]:
    """Through all commands; the names of the alarms that fired, without their stack."""
    pristine = project.files()
    with project.step("deploy"):
        project.deploy()
        journey.use(project)
    with project.step("diagnose"):
        assert "lambda-no-alarm" in project.rules(f"--template {project.template}")
        live = project.rules("")
        assert "lambda-no-alarm" in live
        assert "alarm-dead" not in live
    with project.step("instrument"):
        project.run(f"instrument --template {project.template} --tracing {journey.tracing} --apply")
        project.run(f"instrument --template {project.template} --check")
        project.deploy()
        journey.use(project)
        sees(project)
    with project.step("alarms"):
        made = watch(project)
    drilled = made - set(journey.not_drilled)
    with project.step("fires"):
        troubles = journey.troubles(project)
        troubles.begin()
        try:
            fire(project, drilled, troubles.happen)
            assert journey.named <= project.rules("")
        finally:
            troubles.end()
    with project.step("recovers"):
        recover(project, drilled, lambda: journey.use(project))
    with project.step("dead"):
        dead_twins_are_found(project)
    with project.step("fix, undo"):
        project.run(f"fix --template {project.template} --apply", code=None)
        project.deploy()
        journey.use(project)
        while project.files() != pristine:
            project.run("undo --yes")
    return drilled


def sees(project: Abroad) -> None:
    """Every function has logged JSON, and there are traces of the requests."""
    assert project.json("report traces")["traces"]
    for type_, name in project.resources().values():
        if type_ == FUNCTION:
            events = project.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
            messages = [event["message"] for event in events]
            assert any(message.startswith('{"time"') or '"service"' in message for message in messages), messages


def watch(project: Abroad) -> set[str]:
    """Apply the alarms and deploy them: what the plan said is what is there, and nothing is unwatched or dead; their
    names without the stack's."""
    planned = project.json(f"alarms plan --template {project.template}")["alarms"]
    project.run(f"alarms apply --template {project.template}")
    project.deploy()
    found = project.alarms()
    assert len(found) == len(planned)
    for look in (f"--template {project.template}", ""):
        rules = project.rules(look)
        unwatched = {rule for rule in rules if rule.endswith(("-no-alarm", "-unwatched"))}
        assert not unwatched | rules & {"alarm-dead"}, (look, rules)
    return {name.removeprefix(f"{project.stack}-") for name in found}


def fire(project: Abroad, names: Set[str], cause: Callable[[], Any]) -> None:
    """Cause it minute after minute of the cloud's clock until each alarm has been in ALARM."""
    for _ in range(MINUTES):
        cause()
        project.advance(60)
        if eventually(lambda: names <= fired(project), 2):
            return
    pytest.fail(f"not in ALARM: {sorted(names - fired(project))}")


def fired(project: Abroad) -> set[str]:
    """The alarms whose history tells of ALARM, without the stack's name."""
    pages = project.client("cloudwatch").get_paginator("describe_alarm_history").paginate(HistoryItemType="StateUpdate")
    items = [item for page in pages for item in page["AlarmHistoryItems"]]
    return {i["AlarmName"].removeprefix(f"{project.stack}-") for i in items if i["HistorySummary"].endswith("to ALARM")}


def recover(project: Abroad, names: Set[str], use: Callable[[], Any]) -> None:
    """Use it minute after minute of the cloud's clock until all the alarms are OK."""
    for _ in range(MINUTES):
        use()
        project.advance(60)
        if eventually(lambda: names <= in_state(project, "OK"), 2):
            return
    pytest.fail(f"not OK: {sorted(set(names) - in_state(project, 'OK'))}")


def in_state(project: Abroad, state: str) -> set[str]:
    """The alarms that have it, without the stack's name."""
    found = project.alarms().items()
    return {name.removeprefix(f"{project.stack}-") for name, alarm in found if alarm["StateValue"] == state}


def dead_twins_are_found(project: Abroad) -> None:
    """An alarm on a logical id in the place of each name, as another tool might make it, is dead, and no watcher."""
    logical = {physical: name for name, (_, physical) in project.resources().items()}
    cloudwatch, twins = project.client("cloudwatch"), set()
    for name, alarm in project.alarms().items():
        text = json.dumps({key: alarm[key] for key in PROPERTIES if alarm.get(key) not in ([], None)})
        other = text
        for physical, logical_id in logical.items():
            other = other.replace(f'"Value": {json.dumps(physical)}', f'"Value": {json.dumps(logical_id)}')
            other = other.replace(f'"Value": "{physical.rpartition("/")[2]}"', f'"Value": "{logical_id}"')
        if other == text:
            continue
        twins.add(f"dead-{name}")
        cloudwatch.put_metric_alarm(**{**json.loads(other), "AlarmName": f"dead-{name}"})
    kept = project.alarms()
    found = project.json("diagnose --only alarm-dead", code=1)["findings"]
    assert {finding["resource"] for finding in found} == twins
    cloudwatch.delete_alarms(AlarmNames=[name for name in kept if name not in twins])
    assert "lambda-no-alarm" in project.rules("--only lambda-no-alarm")
    cloudwatch.delete_alarms(AlarmNames=list(twins))
