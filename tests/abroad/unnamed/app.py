"""A CDK app in the construct library's own style: nothing has a physical name."""

from shopfast_obs.constructs import node

node.ensure()

from aws_cdk import App, Stack  # noqa: E402
from aws_cdk import aws_dynamodb as dynamodb  # noqa: E402
from aws_cdk import aws_lambda as lambda_  # noqa: E402

app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
stack = Stack(app, "Notes")
table = dynamodb.Table(stack, "T", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING))
function = lambda_.Function(
    stack,
    "F",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="app.handler",
    code=lambda_.Code.from_asset("svc/notes"),
    environment={"TABLE_NAME": table.table_name},
)
table.grant_read_write_data(function)
app.synth()
