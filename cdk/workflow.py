"""The order workflow: payment, shipping and status, started by every new order on the bus."""

from pathlib import Path

import names
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct
from service import allow, sealed


class Workflow(Construct):
    """The state machine of `definition`, whose steps are tasks of the order function, and the rule that starts it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        definition: Path,
        function: lambda_.Function,
        bus: events.IEventBus,
        created: events.EventPattern,
    ) -> None:
        super().__init__(scope, construct_id)
        self.machine = stepfunctions.StateMachine(
            self,
            "Machine",
            state_machine_name=names.ORDER_WORKFLOW,
            definition_body=stepfunctions.DefinitionBody.from_string(definition.read_text(encoding="utf-8")),
            definition_substitutions={"OrderFunctionArn": function.function_arn},
            role=self._role(function),
        )
        events.Rule(
            self,
            "Rule",
            rule_name=names.ORDER_WORKFLOW_RULE,
            event_bus=bus,
            event_pattern=created,
            targets=[
                targets.SfnStateMachine(
                    self.machine, input=events.RuleTargetInput.from_event_path("$.detail"), role=self._starter()
                )
            ],
        )

    def _role(self, function: lambda_.Function) -> iam.IRole:
        invoke = allow(["lambda:InvokeFunction"], function.function_arn)
        role = iam.Role(
            self,
            "Role",
            role_name=f"{names.ORDER_WORKFLOW}-role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            inline_policies={"steps": iam.PolicyDocument(statements=[invoke])},
        )
        return sealed(role)

    def _starter(self) -> iam.IRole:
        return iam.Role(
            self,
            "StartRole",
            role_name=f"{names.ORDER_WORKFLOW}-start-role",
            assumed_by=iam.ServicePrincipal("events.amazonaws.com"),
        )
