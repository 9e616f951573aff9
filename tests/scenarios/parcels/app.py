"""A small application that is not ShopFast: parcels over a URL, a queue, a bus, a topic and a workflow."""

import os
from pathlib import Path

from shopfast_obs.constructs import apply_overlay, node

node.ensure()  # before the first import of aws_cdk

from aws_cdk import App, CfnOutput, Duration, RemovalPolicy, Stack  # noqa: E402
from aws_cdk import aws_dynamodb as dynamodb  # noqa: E402
from aws_cdk import aws_events as events  # noqa: E402
from aws_cdk import aws_events_targets as targets  # noqa: E402
from aws_cdk import aws_lambda as lambda_  # noqa: E402
from aws_cdk import aws_lambda_destinations as destinations  # noqa: E402
from aws_cdk import aws_lambda_event_sources as sources  # noqa: E402
from aws_cdk import aws_logs as logs  # noqa: E402
from aws_cdk import aws_sns as sns  # noqa: E402
from aws_cdk import aws_sns_subscriptions as subscriptions  # noqa: E402
from aws_cdk import aws_sqs as sqs  # noqa: E402
from aws_cdk import aws_stepfunctions as stepfunctions  # noqa: E402

HERE = Path(__file__).resolve().parent


class Parcels(Stack):
    def __init__(self, scope: App) -> None:
        super().__init__(scope, "parcels", stack_name="parcels")
        self.dead = sqs.Queue(self, "Dead", queue_name="parcels-dead", retention_period=Duration.days(14))
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name="parcels",
            partition_key=dynamodb.Attribute(name="parcelId", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
        )
        self.table.add_global_secondary_index(
            index_name="by-sender", partition_key=dynamodb.Attribute(name="sender", type=dynamodb.AttributeType.STRING)
        )
        labels = sqs.Queue(
            self,
            "Labels",
            queue_name="parcels-labels",
            visibility_timeout=Duration.seconds(180),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=5),
        )
        bus = events.EventBus(self, "Bus", event_bus_name="parcels-bus")
        api = self.function("parcels-api", 512, 10, LABELS=labels.queue_url, BUS=bus.event_bus_name)
        depot = self.function("parcels-depot", 512, 20)
        mail = self.function("parcels-mail", 512, 20)
        labels.grant_send_messages(api)
        bus.grant_put_events_to(api)
        depot.add_event_source(sources.SqsEventSource(labels, batch_size=5, report_batch_item_failures=True))
        machine = stepfunctions.StateMachine(
            self,
            "Delivery",
            state_machine_name="parcels-delivery",
            definition_body=stepfunctions.DefinitionBody.from_string((HERE / "workflow.asl.json").read_text()),
            definition_substitutions={"Depot": depot.function_arn},
            logs=stepfunctions.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "DeliveryLogs",
                    log_group_name="/aws/vendedlogs/states/parcels-delivery",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=RemovalPolicy.DESTROY,
                ),
                level=stepfunctions.LogLevel.ERROR,
            ),
        )
        depot.grant_invoke(machine)
        topic = sns.Topic(self, "Updates", topic_name="parcels-updates")
        topic.add_subscription(subscriptions.LambdaSubscription(mail, dead_letter_queue=self.dead))
        pattern = events.EventPattern(source=["parcels.api"], detail_type=["parcel.registered"])
        events.Rule(
            self,
            "Registered",
            rule_name="parcels-registered",
            event_bus=bus,
            event_pattern=pattern,
            targets=[
                targets.SfnStateMachine(
                    machine, input=events.RuleTargetInput.from_event_path("$.detail"), dead_letter_queue=self.dead
                ),
                targets.SnsTopic(topic, dead_letter_queue=self.dead),
            ],
        )
        url = api.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        CfnOutput(self, "Url", value=url.url).override_logical_id("Url")

    def function(self, name: str, memory: int, timeout: int, **environment: str) -> lambda_.Function:
        function = lambda_.Function(
            self,
            name.title().replace("-", ""),
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_11,
            architecture=lambda_.Architecture.ARM_64,
            handler="handler.lambda_handler",
            code=lambda_.Code.from_asset(str(HERE / "services" / name), exclude=["**/__pycache__"]),
            memory_size=memory,
            timeout=Duration.seconds(timeout),
            environment={"TABLE": self.table.table_name, **environment},
            log_group=logs.LogGroup(
                self,
                f"{name}-logs",
                log_group_name=f"/aws/lambda/{name}",
                retention=logs.RetentionDays.ONE_MONTH,
                removal_policy=RemovalPolicy.DESTROY,
            ),
        )
        function.configure_async_invoke(
            retry_attempts=1, max_event_age=Duration.hours(1), on_failure=destinations.SqsDestination(self.dead)
        )
        self.table.grant_read_write_data(function)
        return function


def main() -> None:
    app = App(outdir=os.environ.get("CDK_OUTDIR"), analytics_reporting=False, builtin_cloud_formation_validation=False)
    Parcels(app)
    apply_overlay(app, HERE / "overlay.json")
    app.synth()


main()
