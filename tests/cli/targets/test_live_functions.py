"""`instrument --live` shows, changes and is undone; deployed functions are named, never all of them unasked."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.cloud.interface import Target
from shopfast_obs.instrument.infrastructure import deployed_functions as planning
from shopfast_obs.instrument.infrastructure import permissions
from tests.changes.lambda_world import World, account, refused


class Deployed(App):
    """A run of a command on moto's Lambda."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._clients = world.clients

    def clients(self) -> Callable[[str], Any]:
        """moto's."""
        return self._clients.__getitem__

    def target(self) -> Target:
        """The one that was asked for."""
        return Target(self.target_name, self.region or "eu-west-1")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """Four functions and an empty project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOPFAST_OBS_STATE", raising=False)
    with account(monkeypatch, 4) as found:
        monkeypatch.setattr(planning, "layers", lambda region, ours: {**found.layers, **ours})
        yield found


def invoke(world: World, *arguments: str) -> Result:
    """The outcome of the command line."""
    return CliRunner().invoke(cli.main, arguments, obj=Deployed(world))


def test_functions_are_shown_changed_and_changed_back(world: World) -> None:
    """Those that are named; the diff is of their settings, the second run finds nothing."""
    before = world.images()
    names = ("--function", "shop-00[0-2]")
    shown = invoke(world, "instrument", "--live", *names)
    assert shown.exit_code == 0, shown.output
    assert f'+  "Handler": "{planning.HANDLER}"' in shown.stdout
    assert "+++ b/iam/r/shopfast-obs-tracing.json" in shown.stdout
    assert "inline policy shopfast-obs-tracing comes to 1 role that may not send traces yet: r." in shown.stderr
    assert world.images() == before
    done = json.loads(invoke(world, "instrument", "--live", *names, "--apply", "--format", "json").stdout)
    assert [item["status"] for item in done["functions"]] == ["changed"] * 3
    assert world.images()["shop-003"] == before["shop-003"]
    assert invoke(world, "instrument", "--live", *names, "--check").exit_code == 0
    undone = invoke(world, "undo", "--yes")
    assert "3 functions are as before" in undone.stderr, undone.output
    assert world.images() == before
    assert invoke(world, "instrument", "--live", *names, "--check").exit_code == 1


def test_what_was_interrupted_is_taken_back_by_the_next_command_that_changes(world: World) -> None:
    """One that only lists tells of it."""
    before = world.images()
    world.api.faults = {"shop-002": ["crash"]}
    invoke(world, "instrument", "--live", "--function", "*", "--apply")
    half = world.images()
    assert half != before
    assert "was interrupted" in invoke(world, "undo", "--list").stderr
    assert world.images() == half
    assert "had been interrupted" in invoke(world, "undo").stderr
    assert world.images() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--live",), "Say which"),
        (("--live", "--function", "nothing"), "No function on local is called nothing"),
        (("--live", "--function", "*", "src"), "takes no other"),
        (("--function", "x"), "goes with --live"),
    ],
)
def test_a_command_that_does_not_say_what_is_a_user_error(
    world: World, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """And changes nothing."""
    (tmp_path / "src").mkdir()
    result = invoke(world, "instrument", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_stack_that_will_take_it_back_is_named(world: World) -> None:
    """By the tag that CloudFormation, SAM and the CDK leave; a role that may trace already is left alone."""
    world.iam.put_role_policy(RoleName="r", PolicyName="own", PolicyDocument=json.dumps(permissions.DOCUMENT))
    arn = world.api.get_function_configuration("shop-001")["FunctionArn"]
    world.api.client.tag_resource(Resource=arn, Tags={"aws:cloudformation:stack-name": "orders"})
    shown = invoke(world, "instrument", "--live", "--function", "shop-*")
    assert "The CloudFormation stack orders has 1 of them: its next deployment takes this back" in shown.stderr
    assert "inline policy" not in shown.stderr
    assert "+++ b/iam" not in shown.stdout


def test_what_aws_does_not_tell_of_roles_and_tags_is_said(world: World) -> None:
    """A read that is denied stops nothing."""

    def denied(**_: Any) -> None:
        raise refused("AccessDeniedException")

    world.api.list_tags = denied  # type: ignore[attr-defined]
    world.iam.list_role_policies = denied
    world.iam.get_paginator = lambda name: type("Denied", (), {"paginate": lambda self, **_: denied()})()
    shown = invoke(world, "instrument", "--live", "--function", "shop-*")
    assert shown.exit_code == 0
    assert "Whether r may send traces could not be read" in shown.stderr
    assert "tags could not be read" in shown.stderr
