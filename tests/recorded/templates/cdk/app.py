"""The application of ../cfn with the CDK; `cdk.out` beside it was synthesised from it, and keeps the templates only."""

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

app = cdk.App()
stack = cdk.Stack(app, "Bad")
role = iam.Role(stack, "Role", role_name="bad-role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
everything = iam.PolicyStatement(actions=["*"], resources=["*"])
role.attach_inline_policy(iam.Policy(stack, "Everything", statements=[everything]))
fixed = role.without_policy_updates()
groups = {}


def function(name: str) -> lambda_.Function:
    groups[name] = logs.LogGroup(
        stack, f"{name}Logs", log_group_name=f"/aws/lambda/bad-{name}", retention=logs.RetentionDays.INFINITE
    )
    return lambda_.Function(
        stack, name, function_name=f"bad-{name}", runtime=lambda_.Runtime.PYTHON_3_8, handler="app.handler",
        code=lambda_.Code.from_asset("src"), role=fixed,
    )  # fmt: skip


web, worker = function("web"), function("worker")
api = apigateway.LambdaRestApi(
    stack, "Api", handler=web, proxy=False, rest_api_name="bad-api", cloud_watch_role=False,
    deploy_options=apigateway.StageOptions(stage_name="live"),
)  # fmt: skip
api.root.add_method("GET")
http = apigatewayv2.CfnApi(stack, "Http", name="bad-http", protocol_type="HTTP")
apigatewayv2.CfnStage(
    stack, "HttpStage", api_id=http.ref, stage_name="$default", auto_deploy=True,
    access_log_settings=apigatewayv2.CfnStage.AccessLogSettingsProperty(
        destination_arn=groups["web"].log_group_arn, format="$context.requestId $context.status"
    ),
)  # fmt: skip
appsync.CfnGraphQLApi(stack, "Graph", name="bad-graph", authentication_type="API_KEY")
stream = kinesis.Stream(stack, "Stream", stream_name="bad-stream", shard_count=1)
worker.add_event_source(sources.KinesisEventSource(stream, starting_position=lambda_.StartingPosition.LATEST))
worker.add_event_source(sources.SqsEventSource(sqs.Queue(stack, "Queue", queue_name="bad-queue")))
sns.Topic(stack, "Topic", topic_name="bad-topic").add_subscription(subscriptions.LambdaSubscription(worker))
hourly = events.Schedule.rate(cdk.Duration.hours(1))
events.Rule(stack, "Rule", rule_name="bad-rule", schedule=hourly, targets=[targets.LambdaFunction(worker)])
wait = stepfunctions.Wait(stack, "Wait", time=stepfunctions.WaitTime.duration(cdk.Duration.seconds(1)))
stepfunctions.StateMachine(
    stack, "Flow", state_machine_name="bad-flow", role=fixed,
    definition_body=stepfunctions.DefinitionBody.from_chainable(wait),
)  # fmt: skip
app.synth()
