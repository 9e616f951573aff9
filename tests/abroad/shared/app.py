"""Three functions from one folder, a layer of their own, a topic, queues, a bus and their dead letters."""

from shopfast_obs.constructs import node

node.ensure()

from aws_cdk import App, CfnOutput, Duration, Stack  # noqa: E402
from aws_cdk import aws_events as events  # noqa: E402
from aws_cdk import aws_events_targets as targets  # noqa: E402
from aws_cdk import aws_lambda as lambda_  # noqa: E402
from aws_cdk import aws_lambda_event_sources as sources  # noqa: E402
from aws_cdk import aws_sns as sns  # noqa: E402
from aws_cdk import aws_sns_subscriptions as subscriptions  # noqa: E402
from aws_cdk import aws_sqs as sqs  # noqa: E402
from constructs import Construct  # noqa: E402


class Sales(Stack):
    """Takes a sale, tells the topic and the bus; one function mails, another keeps the books."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        code = lambda_.Code.from_asset("src")
        layer = lambda_.LayerVersion(
            self, "Money", code=lambda_.Code.from_asset("layer"), compatible_runtimes=[lambda_.Runtime.PYTHON_3_12]
        )
        common = {"runtime": lambda_.Runtime.PYTHON_3_12, "code": code, "layers": [layer]}

        topic, bus = sns.Topic(self, "Sold"), events.EventBus(self, "Bus")
        letters = sqs.DeadLetterQueue(queue=sqs.Queue(self, "DeadMail"), max_receive_count=1)
        mails = sqs.Queue(self, "Mails", dead_letter_queue=letters)
        topic.add_subscription(subscriptions.SqsSubscription(mails, raw_message_delivery=True))

        sell = lambda_.Function(self, "Sell", handler="sell.handler", **common)
        sell.add_environment("TOPIC_ARN", topic.topic_arn)
        sell.add_environment("BUS_NAME", bus.event_bus_name)
        topic.grant_publish(sell)
        bus.grant_put_events_to(sell)

        mail = lambda_.Function(self, "Mail", handler="mail.handler", **common)
        mail.add_event_source(sources.SqsEventSource(mails, batch_size=1))

        books = lambda_.Function(
            self,
            "Books",
            handler="books.handler",
            retry_attempts=0,
            max_event_age=Duration.minutes(5),
            dead_letter_queue=sqs.Queue(self, "DeadBooks"),
            **common,
        )
        archive = targets.SqsQueue(sqs.Queue(self, "Archive"), dead_letter_queue=sqs.Queue(self, "DeadEvents"))
        books_target = targets.LambdaFunction(books)
        pattern = events.EventPattern(source=["sales"])
        events.Rule(self, "OnSale", event_bus=bus, event_pattern=pattern, targets=[books_target, archive])
        url = sell.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        CfnOutput(self, "SellUrl", value=url.url)


app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
Sales(app, "Sales")
app.synth()
