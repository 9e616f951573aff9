"""A state machine that a pipe starts for each item of a table, and a schedule every day."""

from shopfast_obs.constructs import node

node.ensure()

from aws_cdk import App, CfnOutput, Duration, Stack  # noqa: E402
from aws_cdk import aws_dynamodb as dynamodb  # noqa: E402
from aws_cdk import aws_iam as iam  # noqa: E402
from aws_cdk import aws_lambda as lambda_  # noqa: E402
from aws_cdk import aws_pipes as pipes  # noqa: E402
from aws_cdk import aws_scheduler as scheduler  # noqa: E402
from aws_cdk import aws_scheduler_targets as scheduled  # noqa: E402
from aws_cdk import aws_sqs as sqs  # noqa: E402
from aws_cdk import aws_stepfunctions as states  # noqa: E402
from aws_cdk import aws_stepfunctions_tasks as tasks  # noqa: E402
from constructs import Construct  # noqa: E402


class Parcels(Stack):
    """Checks a parcel, then ships it."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        check, ship = self._step("Check", "check"), self._step("Ship", "ship")
        pack = states.Wait(self, "Pack", time=states.WaitTime.seconds_path("$.packing"))
        body = states.DefinitionBody.from_chainable(check.next(pack).next(ship))
        machine = states.StateMachine(self, "Machine", definition_body=body, timeout=Duration.seconds(8))
        table = dynamodb.Table(
            self,
            "Intake",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
        role = iam.Role(self, "PipeRole", assumed_by=iam.ServicePrincipal("pipes.amazonaws.com"))
        table.grant_stream_read(role)
        machine.grant_start_execution(role)
        start = {"invocationType": "FIRE_AND_FORGET"}
        pipes.CfnPipe(
            self,
            "Pipe",
            role_arn=role.role_arn,
            source=table.table_stream_arn or "",
            source_parameters={"dynamoDbStreamParameters": {"startingPosition": "LATEST", "batchSize": 1}},
            target=machine.state_machine_arn,
            target_parameters={"stepFunctionStateMachineParameters": start},
        )
        scheduler.Schedule(
            self,
            "Nightly",
            schedule=scheduler.ScheduleExpression.rate(Duration.days(1)),
            target=scheduled.StepFunctionsStartExecution(machine, dead_letter_queue=sqs.Queue(self, "DeadNights")),
        )
        CfnOutput(self, "MachineArn", value=machine.state_machine_arn)

    def _step(self, name: str, folder: str) -> tasks.LambdaInvoke:
        function = lambda_.Function(
            self,
            f"{name}Function",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="app.handler",
            code=lambda_.Code.from_asset(f"functions/{folder}"),
        )
        return tasks.LambdaInvoke(self, name, lambda_function=function, output_path="$.Payload")


app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
Parcels(app, "Parcels")
app.synth()
