"""Functions with versions: every trigger points to the alias `live`."""

from shopfast_obs.constructs import node

node.ensure()

from aws_cdk import App, CfnOutput, Duration, Stack  # noqa: E402
from aws_cdk import aws_apigateway as apigateway  # noqa: E402
from aws_cdk import aws_events as events  # noqa: E402
from aws_cdk import aws_events_targets as targets  # noqa: E402
from aws_cdk import aws_lambda as lambda_  # noqa: E402
from aws_cdk import aws_lambda_event_sources as sources  # noqa: E402
from aws_cdk import aws_sqs as sqs  # noqa: E402
from constructs import Construct  # noqa: E402


class Orders(Stack):
    """An API, a queue and a rule, each in front of an alias."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        dead = sqs.Queue(self, "DeadOrders")
        letters = sqs.DeadLetterQueue(queue=dead, max_receive_count=1)
        queue = sqs.Queue(self, "OrderQueue", dead_letter_queue=letters, visibility_timeout=Duration.seconds(30))
        orders = self._live("Orders", "orders", {"QUEUE_URL": queue.queue_url})
        worker = self._live("Worker", "worker", {})
        queue.grant_send_messages(orders)
        worker.add_event_source(sources.SqsEventSource(queue, batch_size=1))
        apigateway.LambdaRestApi(self, "Api", handler=orders)
        daily = events.Schedule.rate(Duration.days(1))
        events.Rule(self, "Daily", schedule=daily, targets=[targets.LambdaFunction(worker)])
        CfnOutput(self, "QueueUrl", value=queue.queue_url)

    def _live(self, name: str, folder: str, environment: dict[str, str]) -> lambda_.Alias:
        function = lambda_.Function(
            self,
            name,
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="app.handler",
            code=lambda_.Code.from_asset(f"services/{folder}"),
            environment=environment,
        )
        return lambda_.Alias(self, f"{name}Live", alias_name="live", version=function.current_version)


app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
Orders(app, "Orders")
app.synth()
