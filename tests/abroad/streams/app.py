"""An HTTP API in front of a function, and another function that reads the stream of its table."""

from shopfast_obs.constructs import node

node.ensure()

from aws_cdk import App, CfnOutput, Stack  # noqa: E402
from aws_cdk import aws_apigatewayv2 as apigatewayv2  # noqa: E402
from aws_cdk import aws_apigatewayv2_integrations as integrations  # noqa: E402
from aws_cdk import aws_dynamodb as dynamodb  # noqa: E402
from aws_cdk import aws_lambda as lambda_  # noqa: E402
from aws_cdk import aws_lambda_event_sources as sources  # noqa: E402
from aws_cdk import aws_sqs as sqs  # noqa: E402
from constructs import Construct  # noqa: E402


class Pages(Stack):
    """Pages are put over HTTP and indexed from the table's stream."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        table = dynamodb.Table(
            self,
            "Pages",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
        put, index = self._function("Put", "put", table), self._function("Index", "index", table)
        index.add_event_source(
            sources.DynamoEventSource(
                table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                retry_attempts=10,
                batch_size=1,
                on_failure=sources.SqsDlq(sqs.Queue(self, "Unindexed")),
            )
        )
        api = apigatewayv2.HttpApi(self, "Http")
        api.add_routes(
            path="/pages",
            methods=[apigatewayv2.HttpMethod.POST],
            integration=integrations.HttpLambdaIntegration("Put", put),
        )
        CfnOutput(self, "HttpUrl", value=api.url or "")

    def _function(self, name: str, folder: str, table: dynamodb.Table) -> lambda_.Function:
        made = lambda_.Function(
            self,
            name,
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="app.handler",
            code=lambda_.Code.from_asset(f"functions/{folder}"),
            environment={"TABLE_NAME": table.table_name},
        )
        table.grant_read_write_data(made)
        return made


app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
Pages(app, "Site")
app.synth()
