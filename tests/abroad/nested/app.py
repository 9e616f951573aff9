"""Two stacks that refer to each other's resources, and a nested stack in the second."""

from shopfast_obs.constructs import node

node.ensure()

from aws_cdk import App, CfnOutput, Duration, NestedStack, Stack  # noqa: E402
from aws_cdk import aws_dynamodb as dynamodb  # noqa: E402
from aws_cdk import aws_lambda as lambda_  # noqa: E402
from aws_cdk import aws_lambda_event_sources as sources  # noqa: E402
from aws_cdk import aws_sqs as sqs  # noqa: E402
from constructs import Construct  # noqa: E402


class Data(Stack):
    """What is kept."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        self.notes = dynamodb.Table(self, "Notes", partition_key=key)


class Mail(NestedStack):
    """A queue and who reads it."""

    def __init__(self, scope: Construct, name: str, notes: dynamodb.Table) -> None:
        super().__init__(scope, name)
        dead = sqs.Queue(self, "Dead")
        letters = sqs.DeadLetterQueue(queue=dead, max_receive_count=1)
        self.queue = sqs.Queue(self, "Letters", dead_letter_queue=letters, visibility_timeout=Duration.seconds(30))
        reader = function(self, "Reader", "mail", notes)
        reader.add_event_source(sources.SqsEventSource(self.queue))


class Api(Stack):
    """Who writes and reads notes."""

    def __init__(self, scope: Construct, name: str, notes: dynamodb.Table) -> None:
        super().__init__(scope, name)
        mail = Mail(self, "Mail", notes)
        put, listed = function(self, "Put", "put", notes), function(self, "List", "list", notes)
        put.add_environment("QUEUE_URL", mail.queue.queue_url)
        mail.queue.grant_send_messages(put)
        for one in (put, listed):
            url = one.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
            CfnOutput(self, f"{one.node.id}Url", value=url.url)


def function(scope: Construct, name: str, folder: str, notes: dynamodb.Table) -> lambda_.Function:
    """A function that may read and write notes."""
    made = lambda_.Function(
        scope,
        name,
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="app.handler",
        code=lambda_.Code.from_asset(f"functions/{folder}"),
        environment={"TABLE_NAME": notes.table_name},
        timeout=Duration.seconds(5),
    )
    notes.grant_read_write_data(made)
    return made


app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
data = Data(app, "Data")
Api(app, "Api", data.notes)
app.synth()
