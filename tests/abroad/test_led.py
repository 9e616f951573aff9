"""Each application is led through the commands: read, instrumented, watched, broken, mended, and taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.abroad.journeys import JOURNEYS, Journey
from tests.abroad.lead import UNWATCHED, Led, content, copied, structured, traced, wire
from tests.story.conftest import eventually

AGES = ("-queue-age", "-stream-age")  # alarms on what waits for more than five minutes
FAILING = (
    "lambda-errors",
    "lambda-timeout-kills",
    "lambda-near-timeout",
    "lambda-cpu-starved",
    "lambda-downstream-hang",
)
pytestmark = [pytest.mark.cloud, pytest.mark.synth, pytest.mark.slow, pytest.mark.xdist_group("cloud")]


@dataclass
class Walk:
    """An application with its journey, what its files were, and when each step was done."""

    journey: Journey
    led: Led
    pristine: dict[str, bytes] = field(default_factory=dict)

    @property
    def functions(self) -> list[str]:
        """The physical names of its functions."""
        return [self.led.physical(*part) for part in self.journey.parts]


@pytest.fixture(scope="module", params=JOURNEYS, ids=lambda journey: journey.name)
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The application deployed with a cloud of its own; the tests share it, in order."""
    project = copied(request.param.name, tmp_path_factory.mktemp(request.param.name))
    try:
        project.run("deploy")
        yield Walk(request.param, Led(project))
    finally:
        project.run("cloud stop", code=None)


def test_template_and_cloud_are_read_to_the_last_function(walk: Walk) -> None:
    """Each function is named by its construct, then by what is deployed; nothing of it is a gap."""
    project = walk.led.project
    declared = project.json("diagnose --template .shopfast/cdk.out", code=1)
    assert not [gap for gap in declared.get("gaps", ()) if "nested" in str(gap)]
    unwatched = walk.led.rules("diagnose --template .shopfast/cdk.out")["lambda-no-alarm"]
    assert {name.rpartition("/")[2] for name in unwatched} == {construct for _, construct in walk.journey.parts}
    assert walk.led.rules()["lambda-no-alarm"] == set(walk.functions)
    assert {item["name"] for item in project.json("status")["functions"]} == set(walk.functions)


def test_instrumented_it_answers_is_traced_and_logs_json(walk: Walk) -> None:
    """First refused, then wired as the refusal says."""
    project = walk.led.project
    project.run("instrument --apply --no-prove", code=2)
    wire(project)
    walk.pristine = content(project.folder)
    project.run("instrument --apply --profile logs --no-prove")
    project.run("deploy")
    since = int(time.time() * 1000)
    walk.journey.ask(walk.led)
    assert eventually(lambda: traced(project, set(walk.functions)), 60)
    assert eventually(lambda: all(structured(project, name, since) for name in walk.functions), 60)


def test_its_alarms_are_at_rest_and_leave_nothing_unwatched(walk: Walk) -> None:
    """What plan shows is deployed, and diagnose calls none of it dead."""
    project = walk.led.project
    walk.led.alarms = {alarm["name"] for alarm in project.json("alarms plan")["alarms"]}
    project.run("alarms apply")
    project.run("deploy")
    assert set(walk.led.states()) == walk.led.alarms
    assert "ALARM" not in walk.led.states().values()
    assert not set(walk.led.rules()) & {"alarm-dead", *UNWATCHED}


def test_every_alarm_fires_under_its_fault_and_comes_back(walk: Walk) -> None:
    """But for those that no request can cause, which say why."""
    led, journey = walk.led, walk.journey
    assert set(journey.undrilled) <= led.alarms
    drilled = led.alarms - set(journey.undrilled)
    ages = {name for name in drilled if name.endswith(AGES)}
    led.wait_for(drilled - ages, "ALARM", lambda: journey.break_(led))
    found = led.rules()
    assert set(walk.functions) <= set().union(*(found.get(rule, set()) for rule in FAILING))
    assert not set(found) & {"alarm-dead", *UNWATCHED}

    with journey.standing_still(led):
        led.project.advance(400 if ages else 0)
        led.wait_for(ages, "ALARM", lambda: None)

    def rest() -> None:
        journey.end(led)
        journey.ask(led)

    led.wait_for(led.alarms, "OK", rest)


def test_fix_names_constructs_and_a_deployment_brings_it(walk: Walk) -> None:
    """What it writes, the overlay finds: no deployed name is in it."""
    project = walk.led.project
    assert walk.journey.mended <= set(walk.led.rules())
    project.run("fix --apply --since 2h")
    overlay = json.loads((project.folder / "overlay.json").read_text())
    generated = tuple(f"{stack}-" for stack, _ in walk.journey.parts)
    assert not [resource["name"] for resource in overlay["resources"] if resource["name"].startswith(generated)]
    project.run("deploy")
    assert not walk.journey.mended & set(walk.led.rules())
    walk.journey.ask(walk.led)


def test_undo_takes_everything_back_to_the_byte(walk: Walk) -> None:
    """Three changes, in the order from the last to the first."""
    project = walk.led.project
    for _ in range(3):
        project.run("undo --yes")
    assert content(project.folder) == walk.pristine
