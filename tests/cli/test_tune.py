"""`tune` measures versions of several sizes and leaves the function as it was."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.cloud.interface import Cloud, Target
from shopfast_obs.testing import FakeCloud
from tests.changes.lambda_world import World, account

REPORT = "REPORT RequestId: 3f0c7a7e-1c2b-4c58-9c4e-0a4f6f1b2c3d\tDuration: {ms:.2f} ms\tBilled Duration: {ms:.0f} ms\t"
SIZE = "Memory Size: {mb} MB\tMax Memory Used: 60 MB\t"


class Invoked:
    """moto's Lambda, with functions that answer as fast as their memory is large."""

    def __init__(self, world: World) -> None:
        self._api = world.api
        self.meta = world.api.client.meta
        self.payloads: list[Any] = []
        self.seen: dict[tuple[str, int], int] = {}
        self.latest: list[int] = []
        self.sizes: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    def invoke(self, **call: Any) -> dict[str, Any]:
        """An invocation of a version; an event with `fail` fails, one with `slow` is killed below 512 MB."""
        name, version = call["FunctionName"], call["Qualifier"]
        memory = self._api.client.get_function_configuration(FunctionName=name, Qualifier=version)["MemorySize"]
        self.latest.append(self._api.client.get_function_configuration(FunctionName=name)["MemorySize"])
        self.sizes.append(memory)
        event = json.loads(call["Payload"])
        self.payloads.append(event)
        self.seen[version, memory] = self.seen.get((version, memory), 0) + 1
        line = REPORT.format(ms=128_000 / memory) + SIZE.format(mb=memory)
        line += "Init Duration: 250.00 ms\t" if self.seen[version, memory] == 1 else ""
        answer: dict[str, Any] = {"Payload": io.BytesIO(b"null")}
        if "fail" in event:
            answer = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorType": "KeyError"}')}
        if "slow" in event and memory < 512:
            line += "Status: timeout\t"
            answer = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorType": "Sandbox.Timedout"}')}
        return answer | {"LogResult": base64.b64encode(f"START\nEND\n{line}\n".encode()).decode()}


class Deployed(App):
    """A run of the command on moto's Lambda."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.invoked = Invoked(world)
        self._clients = world.clients

    def clients(self) -> Callable[[str], Any]:
        """moto's."""
        return self._clients.__getitem__

    def patient_client(self, service: str) -> Any:
        """The one that invokes."""
        assert service == "lambda"
        return self.invoked

    def cloud(self) -> Cloud:
        """Without logs."""
        return FakeCloud()

    def target(self) -> Target:
        """The one that was asked for."""
        return Target(self.target_name, self.region or "eu-west-1")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Deployed]:
    """One function and an empty project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    with account(monkeypatch, 1) as world:
        yield Deployed(world)


def tune(app: Deployed, *arguments: str) -> Result:
    """The outcome of the command line."""
    return CliRunner().invoke(cli.main, ["tune", "shop-000", *arguments], obj=app)


def versions(app: Deployed) -> list[str]:
    """What is published."""
    return [v["Version"] for v in app.invoked.list_versions_by_function(FunctionName="shop-000")["Versions"]]


def test_sizes_are_measured_and_nothing_is_left_behind(app: Deployed) -> None:
    """The function has its own size while it is measured, the versions are gone, and what was done is recorded."""
    before = app.invoked.get_function_configuration(FunctionName="shop-000")["MemorySize"]
    done = tune(app, "--memory", "512,256,1024", "--invocations", "3", "--format", "json", "--payload", '{"id": 7}')
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [size["memory_mb"] for size in found["sizes"]] == [256, 512, 1024]
    assert [size["invocations"] for size in found["sizes"]] == [3, 3, 3]
    assert found["choice"] == {"cheapest": 1024, "fastest": 1024, "balanced": 1024}
    assert found["sizes"][0]["init"] == 0.25
    assert found["production"] is None
    assert set(app.invoked.latest) == {before}
    assert app.invoked.payloads == [{"id": 7}] * 12
    assert versions(app) == ["$LATEST"]
    listed = json.loads(CliRunner().invoke(cli.main, ["undo", "--list", "--format", "json"], obj=app).stdout)
    assert [change["command"] for change in listed["changes"]] == ["tune"] * 3
    assert all(change["undone"] for change in listed["changes"])


def test_sizes_take_turns(app: Deployed) -> None:
    """Each once a round, cold starts first, and not always in the same order: a slow moment is no size's own."""
    sizes = [128, 256, 512, 1024]
    done = tune(app, "--memory", ",".join(map(str, sizes)), "--invocations", "11")
    assert done.exit_code == 0, done.output
    rounds = [tuple(app.invoked.sizes[start : start + 4]) for start in range(0, 48, 4)]
    assert [sorted(each) for each in rounds] == [sizes] * 12
    assert len(set(rounds)) > 1


def test_curves_for_people(app: Deployed) -> None:
    """A row a size, and the choice in sentences."""
    done = tune(app, "--memory", "128,512", "--invocations", "3")
    assert "It computes" in done.stdout
    assert "cheapest    512 MB  250 ms, " in done.stdout
    assert "no REPORT lines" in done.stdout


def test_a_size_that_is_too_small_is_given_up(app: Deployed) -> None:
    """After three failures in a row; it is not chosen."""
    done = tune(app, "--memory", "128,1024", "--invocations", "9", "--payload", '{"slow": 1}', "--format", "json")
    found = json.loads(done.stdout)
    assert found["sizes"][0]["failures"] == {"timed out": 3}
    assert found["choice"]["cheapest"] == 1024


def test_an_event_that_the_function_does_not_understand(app: Deployed) -> None:
    """Is said, with what to do; nothing is left behind."""
    done = tune(app, "--memory", "128,512", "--payload", '{"fail": 1}')
    assert done.exit_code == 2
    assert "served this event at no size: 3 KeyError at 512 MB" in done.stderr
    assert versions(app) == ["$LATEST"]


def test_an_http_request_as_a_url_passes_it_on(app: Deployed) -> None:
    """Payload format 2.0."""
    tune(app, "--memory", "512", "--invocations", "2", "--request", "get /items?limit=10")
    event = app.invoked.payloads[0]
    assert (event["version"], event["rawPath"], event["queryStringParameters"]) == ("2.0", "/items", {"limit": "10"})
    assert event["requestContext"]["http"]["method"] == "GET"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--memory", "64"), "Lambda has 128 to 10240 MB"),
        (("--memory", "many"), "not a list of sizes"),
        (("--payload", "{"), "not JSON"),
        (("--payload", "@nowhere.json"), "cannot be read"),
        (("--request", "items"), "is not a request"),
        (("--payload", "{}", "--request", "GET /"), "one of them"),
        (("--target", "aws"), "nobody can be asked"),
    ],
)
def test_wrong_use_is_one_sentence(app: Deployed, arguments: tuple[str, ...], said: str) -> None:
    """And exit code 2; nothing was invoked."""
    done = tune(app, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not app.invoked.payloads


def test_a_function_that_is_not_there(app: Deployed) -> None:
    """Is named."""
    done = CliRunner().invoke(cli.main, ["tune", "nobody"], obj=app)
    assert done.exit_code == 2
    assert "There is no function nobody" in done.stderr


def test_a_run_that_dies_is_taken_back_by_undo(app: Deployed) -> None:
    """The size is the function's own again."""
    before = app.invoked.get_function_configuration(FunctionName="shop-000")["MemorySize"]

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    app.invoked.publish_version = killed
    tune(app, "--memory", "768")
    assert app.invoked.get_function_configuration(FunctionName="shop-000")["MemorySize"] == before
