"""The overlay on somebody's CDK app: found by any of its names, changed at its path, said when it is not there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.constructs import apply_overlay
from shopfast_obs.errors import UserError
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.model.resources import FUNCTION, QUEUE, STATE_MACHINE
from tests.constructs.conftest import Synthesised

pytestmark = pytest.mark.synth

Synthesise = Callable[..., Synthesised]
ROLE_ARN = "arn:aws:iam::111122223333:role/elsewhere"


def function(scope: Any, construct_id: str, **properties: Any) -> Any:
    """A function without a name, under a role of another app unless one is given."""
    from aws_cdk.aws_lambda import CfnFunction

    code = CfnFunction.CodeProperty(zip_file="def handler(event, context): ...")
    defaults = {"runtime": "python3.12", "handler": "index.handler", "role": ROLE_ARN, "code": code}
    return CfnFunction(scope, construct_id, **(defaults | properties))


def stack(scope: Any, construct_id: str = "Shop") -> Any:
    """A stack."""
    from aws_cdk import Stack

    return Stack(scope, construct_id)


def changes(name: str, type_: str = FUNCTION, /, **properties: Any) -> Overlay:
    """An overlay that changes one resource; `__` in a name stands for the dot of a path."""
    return Overlay((ResourceOverlay(type_, name, {k.replace("__", "."): v for k, v in properties.items()}),))


@pytest.mark.parametrize("name", ["checkout", "Checkout", "Shop-Checkout-1A2B3C4D5E"])
def test_a_resource_is_found_by_any_of_its_names(synthesise: Synthesise, name: str) -> None:
    """By its physical name, its logical id, and the name that CloudFormation made for it."""
    given = {"function_name": "checkout"} if name == "checkout" else {}
    made = synthesise(lambda app: function(stack(app), "Checkout", **given), changes(name, Timeout=9))
    assert made["Checkout"]["Properties"]["Timeout"] == 9


@pytest.mark.parametrize("name", ["checkout", "Shop-Checkout-", "Shop-Checkout-x-y", "Other-Checkout-1A2B"])
def test_another_name_is_another_resource(
    synthesise: Synthesise, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only resembles the name is left alone, and said."""
    made = synthesise(lambda app: function(stack(app), "Checkout"), changes(name, Timeout=9))
    assert "Timeout" not in made["Checkout"]["Properties"]
    assert f"The overlay changes {FUNCTION} {name}, which this app does not have." in capsys.readouterr().err


def test_the_type_counts_too(synthesise: Synthesise) -> None:
    """A table and a queue may have one name."""
    from aws_cdk.aws_dynamodb import CfnTable
    from aws_cdk.aws_sqs import CfnQueue

    def build(app: Any) -> None:
        shop = stack(app)
        CfnQueue(shop, "Queue", queue_name="orders")
        CfnTable(shop, "Table", table_name="orders", key_schema=[])

    made = synthesise(build, changes("orders", QUEUE, VisibilityTimeout=60))
    assert made["Queue"]["Properties"] == {"QueueName": "orders", "VisibilityTimeout": 60}
    assert "VisibilityTimeout" not in made["Table"]["Properties"]


def test_functions_of_the_construct_library_are_found(synthesise: Synthesise) -> None:
    """Most apps never write a CfnFunction; their own layers and roles are kept."""
    from aws_cdk import aws_lambda as lambda_

    def build(app: Any) -> None:
        shop = stack(app)
        own = lambda_.LayerVersion.from_layer_version_arn(shop, "Own", "arn:aws:lambda:us-east-1:1:layer:own:1")
        lambda_.Function(
            shop,
            "Checkout",
            function_name="checkout",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            layers=[own],
        )

    change = ResourceOverlay(FUNCTION, "checkout", {"TracingConfig.Mode": "Active"}, ("powertools",))
    made = synthesise(build, Overlay((change,)))
    (properties,) = made.of_type(FUNCTION)
    assert properties["TracingConfig"] == {"Mode": "Active"}
    assert properties["Layers"][0].endswith(":own:1") and len(properties["Layers"]) == 2
    (policy,) = made.of_type("AWS::IAM::Policy")
    assert policy["Roles"] == [{"Ref": properties["Role"]["Fn::GetAtt"][0]}]


def test_paths_leave_their_neighbours_alone(synthesise: Synthesise) -> None:
    """Deep paths are merged, null takes a property away, and the overlay has the last word over other aspects."""
    import jsii
    from aws_cdk import Aspects, CfnResource, IAspect

    @jsii.implements(IAspect)
    class Slow:
        def visit(self, node: Any) -> None:
            if isinstance(node, CfnResource):
                node.add_property_override("Timeout", 900)

    def build(app: Any) -> None:
        environment = {"variables": {"TABLE": "orders"}}
        function(stack(app), "Checkout", environment=environment, memory_size=128, description="x")
        Aspects.of(app).add(Slow())

    made = synthesise(build, changes("Checkout", Timeout=9, Environment__Variables__LOG_LEVEL="INFO", Description=None))
    properties = made["Checkout"]["Properties"]
    assert properties["Environment"]["Variables"] == {"TABLE": "orders", "LOG_LEVEL": "INFO"}
    assert (properties["Timeout"], properties["MemorySize"]) == (9, 128)
    assert "Description" not in properties


def test_stages_are_reached(synthesise: Synthesise, capsys: pytest.CaptureFixture[str]) -> None:
    """CDK hands an aspect of the app on to none of its stages; the overlay reaches them all the same."""
    from aws_cdk import Stage

    def build(app: Any) -> None:
        for name in ("Dev", "Prod"):
            function(stack(Stage(app, name)), "Checkout", function_name=f"checkout-{name.lower()}")

    made = synthesise(build, changes("checkout-prod", Timeout=9))
    timeouts = {stack_: body["Checkout"]["Properties"].get("Timeout") for stack_, body in made.stacks.items()}
    assert sorted(timeouts.values(), key=str) == [9, None]
    assert capsys.readouterr().err == ""


def test_without_a_file_nothing_happens(synthesise: Synthesise) -> None:
    """Nor with a file that decides nothing."""

    def build(app: Any) -> None:
        function(stack(app), "Checkout")

    assert synthesise(build) == synthesise(build, Overlay())


def test_a_file_that_is_no_overlay_is_refused_by_name(tmp_path: Path) -> None:
    """At the call, before anything is synthesised."""
    from aws_cdk import App

    path = tmp_path / "overlay.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match=r"overlay\.json has version None"):
        apply_overlay(App(analytics_reporting=False), path)


def test_the_warning_is_an_annotation_and_said_once(
    synthesise: Synthesise, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CDK CLI shows annotations by itself; under it stderr stays quiet. Two sentences are two annotations."""
    monkeypatch.setenv("CDK_CLI_ASM_VERSION", "48.0.0")
    gone = Overlay((ResourceOverlay(QUEUE, "gone"), ResourceOverlay(QUEUE, "lost")))
    synthesise(lambda app: function(stack(app), "Checkout"), gone)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "with").glob("*.json"))
    assert f"{QUEUE} gone, which" in text and f"{QUEUE} lost, which" in text
    assert capsys.readouterr().err == ""


class TestTracing:
    """Active tracing brings the permission to send segments."""

    @staticmethod
    def role(scope: Any, construct_id: str = "Role") -> Any:
        """A role that Lambda may take on."""
        from aws_cdk import aws_iam as iam

        return iam.Role(scope, construct_id, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))

    @pytest.mark.parametrize("properties", [{"TracingConfig.Mode": "Active"}, {"TracingConfig": {"Mode": "Active"}}])
    def test_a_shared_role_gets_it_once(self, synthesise: Synthesise, properties: dict[str, Any]) -> None:
        """One policy, and both functions wait for it."""

        def build(app: Any) -> None:
            shop = stack(app)
            role = self.role(shop)
            for name in ("One", "Two"):
                function(shop, name, role=role.role_arn)

        both = Overlay(tuple(ResourceOverlay(FUNCTION, name, properties) for name in ("One", "Two")))
        made = synthesise(build, both)
        ((policy_id, policy),) = [(key, b) for key, b in made.items() if b["Type"] == "AWS::IAM::Policy"]
        assert policy["Properties"]["Roles"][0]["Ref"].startswith("Role")
        assert "xray:PutTraceSegments" in policy["Properties"]["PolicyDocument"]["Statement"][0]["Action"]
        assert made["One"]["DependsOn"] == made["Two"]["DependsOn"] == [policy_id]

    def test_a_workflow_gets_it_too(self, synthesise: Synthesise) -> None:
        """Its switch has another name."""
        from aws_cdk.aws_stepfunctions import CfnStateMachine

        def build(app: Any) -> None:
            shop = stack(app)
            CfnStateMachine(shop, "Flow", role_arn=self.role(shop).role_arn, definition_string="{}")

        made = synthesise(build, changes("Flow", STATE_MACHINE, TracingConfiguration__Enabled=True))
        assert len(made.of_type("AWS::IAM::Policy")) == 1

    def test_a_role_of_elsewhere_is_said(self, synthesise: Synthesise, capsys: pytest.CaptureFixture[str]) -> None:
        """The change is made all the same; who owns the role reads what it needs."""
        made = synthesise(
            lambda app: function(stack(app), "Checkout"), changes("Checkout", TracingConfig__Mode="Active")
        )
        assert made["Checkout"]["Properties"]["TracingConfig"] == {"Mode": "Active"}
        assert not made.of_type("AWS::IAM::Policy")
        assert "Checkout has a role that this app does not make: let it do xray:Put" in capsys.readouterr().err

    def test_passing_through_needs_nothing(self, synthesise: Synthesise) -> None:
        """Only the switch to active tracing brings a policy."""

        def build(app: Any) -> None:
            shop = stack(app)
            function(shop, "Checkout", role=self.role(shop).role_arn)

        made = synthesise(build, changes("Checkout", TracingConfig__Mode="PassThrough", Timeout=9))
        assert not made.of_type("AWS::IAM::Policy")
