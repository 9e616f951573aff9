"""The CDK app without an overlay: all of ShopFast, blind, with its planted issues, and no more rights than it needs."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shopfast_obs.model.overlay import Overlay
from shopfast_obs.model.resources import (
    ALARM,
    EVENT_BUS,
    EVENT_RULE,
    EVENT_SOURCE_MAPPING,
    FUNCTION,
    FUNCTION_URL,
    LOG_GROUP,
    QUEUE,
    REST_API,
    REST_STAGE,
    STATE_MACHINE,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
)
from shopfast_obs.parse.templates.template import inventory
from tests.cdk.conftest import FUNCTIONS, Synthesis

pytestmark = pytest.mark.synth

DATA, SERVICES = "shopfast-data", "shopfast-services"
ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::Policy"
# Actions that know no resource (Service Authorization Reference).
WITHOUT_RESOURCE = ("ec2:", "xray:")


def names(synthesis: Synthesis, stack: str, type_: str) -> set[str]:
    """The physical names of one type in one stack."""
    return {r.name for r in inventory(synthesis.template(stack), stack).of_type(type_)}


def statements(synthesis: Synthesis) -> Iterator[dict[str, Any]]:
    """Every statement of every policy of every role."""
    for _, body in synthesis.resources(ROLE, POLICY):
        properties = body["Properties"]
        inline = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
        for document in [*inline, *([properties["PolicyDocument"]] if "PolicyDocument" in properties else [])]:
            yield from document["Statement"]


def listed(value: Any) -> list[Any]:
    """A policy's value, which may be one or many."""
    return value if isinstance(value, list) else [value]


def test_data_and_services_are_apart(pristine: Synthesis) -> None:
    """What holds data is in one stack, what can be made again in the other, under the names of the architecture."""
    assert names(pristine, DATA, TABLE) == {"shopfast-products", "shopfast-orders", "shopfast-inventory"}
    assert names(pristine, DATA, EVENT_BUS) == {"shopfast-events"}
    assert names(pristine, DATA, TOPIC) == {
        "shopfast-order-events",
        "shopfast-inventory-updates",
        "shopfast-notifications",
    }
    assert names(pristine, DATA, QUEUE) == {
        "shopfast-order-queue",
        "shopfast-notification-dlq",
        "shopfast-inventory-dlq",
    }
    assert names(pristine, DATA, FUNCTION) == names(pristine, SERVICES, TABLE) == set()
    assert names(pristine, SERVICES, FUNCTION) == set(FUNCTIONS)
    assert names(pristine, SERVICES, STATE_MACHINE) == {"shopfast-order-workflow"}
    assert names(pristine, SERVICES, REST_API) == {"shopfast-api"}
    assert names(pristine, SERVICES, LOG_GROUP) == {f"/aws/lambda/{name}" for name in FUNCTIONS}


def test_the_stacks_name_each_other_and_export_nothing(pristine: Synthesis) -> None:
    """An export would bind the stacks: neither could change what the other reads."""
    for path in pristine.paths:
        assert "Fn::ImportValue" not in path.read_text(encoding="utf-8")
        assert not [o for o in pristine.template(path.name.split(".")[0])["Outputs"].values() if "Export" in o]
    manifest = json.loads((pristine.folder / "manifest.json").read_text(encoding="utf-8"))
    assert DATA in manifest["artifacts"][SERVICES]["dependencies"]


def test_the_template_is_for_any_account(pristine: Synthesis) -> None:
    """No account and no region is written down."""
    manifest = json.loads((pristine.folder / "manifest.json").read_text(encoding="utf-8"))
    environments = {manifest["artifacts"][stack]["environment"] for stack in (DATA, SERVICES)}
    assert environments == {"aws://unknown-account/unknown-region"}


def test_the_planted_issues_are_in_place(pristine: Synthesis) -> None:
    """The product service has Lambda's smallest memory and three seconds; logs are kept for ever."""
    product = pristine.function("shopfast-product-service")
    assert (product["Timeout"], product["MemorySize"]) == (3, 128)
    assert all("RetentionInDays" not in body["Properties"] for _, body in pristine.resources(LOG_GROUP))


def test_it_is_blind(pristine: Synthesis) -> None:
    """No tracing, no log format, no layer, no metric, no alarm, no access log."""
    for name in FUNCTIONS:
        assert not {"TracingConfig", "LoggingConfig", "Layers"} & set(pristine.function(name))
    assert not {"TracingEnabled", "AccessLogSetting", "MethodSettings"} & set(
        pristine.named(REST_STAGE, "StageName", "prod")
    )
    machine = pristine.named(STATE_MACHINE, "StateMachineName", "shopfast-order-workflow")
    assert not {"TracingConfiguration", "LoggingConfiguration"} & set(machine)
    assert not list(pristine.resources(ALARM, "AWS::Logs::MetricFilter", "AWS::CloudWatch::Dashboard"))
    assert "xray:" not in "".join(path.read_text(encoding="utf-8") for path in pristine.paths)


@pytest.mark.parametrize(
    ("name", "timeout", "memory", "variables"),
    [
        ("product-service", 3, 128, {"PRODUCTS_TABLE"}),
        (
            "order-service",
            30,
            512,
            {"ORDERS_TABLE", "EVENT_BUS_NAME", "ORDER_QUEUE_URL", "INVENTORY_FUNCTION_NAME", "PAYMENT_SECRET_ARN"},
        ),
        ("inventory-service", 30, 512, {"INVENTORY_TABLE", "INVENTORY_TOPIC_ARN"}),
        ("notification-handler", 30, 256, {"NOTIFICATIONS_TOPIC_ARN"}),
    ],
)
def test_each_function_is_what_its_source_expects(
    pristine: Synthesis, name: str, timeout: int, memory: int, variables: set[str]
) -> None:
    """Runtime, size, environment, and a place in the private subnets."""
    function = pristine.function(f"shopfast-{name}")
    assert (function["Runtime"], function["Handler"]) == ("python3.11", "handler.lambda_handler")
    assert (function["Timeout"], function["MemorySize"]) == (timeout, memory)
    assert set(function["Environment"]["Variables"]) == variables
    subnets = [subnet["Ref"] for subnet in function["VpcConfig"]["SubnetIds"]]
    assert len(subnets) == 2 and all("private" in subnet for subnet in subnets)


def test_tables_are_encrypted_on_demand_and_recoverable(pristine: Synthesis) -> None:
    """The orders of one customer are an index away."""
    for _, body in pristine.resources(TABLE):
        table = body["Properties"]
        assert table["BillingMode"] == "PAY_PER_REQUEST" and table["SSESpecification"]["SSEEnabled"]
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    (index,) = pristine.named(TABLE, "TableName", "shopfast-orders")["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by-customer"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["customerId", "createdAt"]


def test_events_go_where_the_architecture_says(pristine: Synthesis) -> None:
    """One pattern feeds the topic, with a dead-letter queue; new orders start the workflow with their detail."""
    inventory_ = inventory(pristine.template(SERVICES), SERVICES)
    topic_rule = inventory_.find(EVENT_RULE, "shopfast-order-events")
    workflow_rule = inventory_.find(EVENT_RULE, "shopfast-order-created")
    assert topic_rule and workflow_rule
    assert topic_rule.properties["EventPattern"] == {
        "source": ["shopfast.order-service"],
        "detail-type": ["order.created", "order.updated", "order.shipped"],
    }
    (target,) = topic_rule.properties["Targets"]
    assert target["Arn"].endswith(":shopfast-order-events")
    assert target["DeadLetterConfig"]["Arn"].endswith(":shopfast-notification-dlq")
    assert workflow_rule.properties["EventPattern"]["detail-type"] == ["order.created"]
    (target,) = workflow_rule.properties["Targets"]
    assert target["Arn"].endswith(":shopfast-order-workflow") and target["InputPath"] == "$.detail"


def test_nothing_undeliverable_is_lost(pristine: Synthesis) -> None:
    """Queue, subscriptions and the asynchronous function each have their dead-letter queue, which lets them in."""
    queue = inventory(pristine.template(DATA), DATA).find(QUEUE, "shopfast-order-queue")
    assert queue
    assert queue.properties["RedrivePolicy"]["deadLetterTargetArn"].endswith(":shopfast-inventory-dlq")
    assert queue.properties["VisibilityTimeout"] == 6 * pristine.function("shopfast-order-service")["Timeout"]
    services = inventory(pristine.template(SERVICES), SERVICES)
    redrive = {
        r.properties["Protocol"]: r.properties["RedrivePolicy"]["deadLetterTargetArn"].rsplit(":", 1)[-1]
        for r in services.of_type(SUBSCRIPTION)
    }
    assert redrive == {"lambda": "shopfast-notification-dlq", "firehose": "shopfast-inventory-dlq"}
    (config,) = services.of_type("AWS::Lambda::EventInvokeConfig")
    assert config.properties["FunctionName"] == "shopfast-notification-handler"
    assert config.properties["DestinationConfig"]["OnFailure"]["Destination"].endswith(":shopfast-notification-dlq")
    (mapping,) = services.of_type(EVENT_SOURCE_MAPPING)
    assert mapping.properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    allowed = {
        (statement["Principal"]["Service"], body["Properties"]["Queues"][0]["Ref"].split("Dlq")[0])
        for _, body in pristine.resources("AWS::SQS::QueuePolicy")
        for statement in body["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    }
    assert allowed == {
        ("sns.amazonaws.com", "Inventory"),
        ("sns.amazonaws.com", "Notification"),
        ("events.amazonaws.com", "Notification"),
    }


def test_no_role_may_do_more_than_it_names(pristine: Synthesis) -> None:
    """No wildcard among the actions, and "*" for a resource only where the action knows none."""
    seen = list(statements(pristine))
    assert len(seen) > 15
    for statement in seen:
        actions = listed(statement["Action"])
        assert not [action for action in actions if "*" in action], statement
        if "*" in listed(statement["Resource"]):
            assert all(action.startswith(WITHOUT_RESOURCE) for action in actions), statement
    assert not [body for _, body in pristine.resources(ROLE) if body["Properties"].get("ManagedPolicyArns")]


def test_no_stranger_is_let_in(pristine: Synthesis) -> None:
    """Resource policies let services in, and only for a source of this account; the public URL is the exception."""
    for _, body in pristine.resources("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"):
        for statement in body["Properties"]["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert "Service" in statement["Principal"]
                conditions = {key.lower() for test in statement["Condition"].values() for key in test}
                assert "aws:sourcearn" in conditions
    permissions = [body["Properties"] for _, body in pristine.resources("AWS::Lambda::Permission")]
    public = [permission for permission in permissions if "SourceArn" not in permission]
    assert {json.dumps(p["FunctionName"]) for p in public} == {
        json.dumps({"Fn::GetAtt": [logical_id, "Arn"]})
        for logical_id, b in pristine.resources(FUNCTION)
        if b["Properties"]["FunctionName"] == "shopfast-product-service"
    }
    (url,) = [b["Properties"] for _, b in pristine.resources(FUNCTION_URL)]
    assert url["AuthType"] == "NONE" and url["Cors"]["AllowMethods"] == ["GET"]


def test_the_page_is_private_and_serves_the_apis_under_its_own_address(pristine: Synthesis) -> None:
    """Only this distribution reads the bucket; each API at its own path, HTTPS everywhere, browsers told what to do."""
    (bucket,) = [b["Properties"] for _, b in pristine.resources("AWS::S3::Bucket") if "frontend" in json.dumps(b)]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    ((_, body),) = pristine.resources("AWS::CloudFront::Distribution")
    config = body["Properties"]["DistributionConfig"]
    page, *_ = config["Origins"]
    assert page["OriginAccessControlId"] and page["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    apis = {item["PathPattern"]: item for item in config["CacheBehaviors"]}
    assert set(apis) == {"/products*", "/orders*", "/inventory*"}
    assert [path for path, item in apis.items() if "POST" in item["AllowedMethods"]] == ["/orders*"]
    behaviours = [config["DefaultCacheBehavior"], *apis.values()]
    assert {item["ViewerProtocolPolicy"] for item in behaviours} <= {"redirect-to-https", "https-only"}
    ((headers, policy),) = pristine.resources("AWS::CloudFront::ResponseHeadersPolicy")
    assert all(item["ResponseHeadersPolicyId"] == {"Ref": headers} for item in behaviours)
    security = policy["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert "default-src 'none'" in security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert {"StrictTransportSecurity", "ContentTypeOptions", "FrameOptions", "ReferrerPolicy"} <= set(security)


def test_no_helper_function_is_smuggled_in(pristine: Synthesis) -> None:
    """Custom resources would bring functions that nobody of the workshop wrote."""
    assert len(list(pristine.resources(FUNCTION))) == len(FUNCTIONS)
    assert not [
        body for _, body in pristine.resources() if body["Type"].startswith(("Custom::", "AWS::CloudFormation::"))
    ]


def test_everything_goes_away_with_its_stack(pristine: Synthesis) -> None:
    """A workshop leaves nothing behind."""
    assert not [body for _, body in pristine.resources() if body.get("DeletionPolicy", "Delete") != "Delete"]


def test_the_outputs_that_scripts_read_are_there(pristine: Synthesis) -> None:
    """Under exactly these names."""
    assert set(pristine.template(DATA)["Outputs"]) == {
        *("ProductsTable", "OrdersTable", "InventoryTable", "EventBus", "OrderEventsTopic", "InventoryUpdatesTopic"),
        *("NotificationsTopic", "OrderQueue", "NotificationDlq", "InventoryDlq", "PaymentSecret", "AnalyticsBucket"),
    }
    assert set(pristine.template(SERVICES)["Outputs"]) == {
        *("ProductsUrl", "ApiUrl", "OrderWorkflow", "FrontendUrl", "FrontendBucket"),
        *("ProductFunction", "OrderFunction", "InventoryFunction", "NotificationFunction"),
    }


def test_only_sources_are_shipped(pristine: Synthesis) -> None:
    """Caches and tests stay at home."""
    shipped = [path for path in pristine.folder.glob("asset.*/**/*") if path.is_file()]
    assert {path.suffix for path in shipped} == {".py"}
    assert not [path for path in shipped if "tests" in path.parts or path.name.startswith("test_")]


@pytest.fixture(scope="module")
def again(synthesise: Callable[..., Synthesis]) -> Synthesis:
    """Another folder, another run, an overlay without decisions, and an address for the customer messages."""
    return synthesise("again", Overlay(), customer_email="someone@example.com")


def test_customers_get_mail_only_where_an_address_is_given(pristine: Synthesis, again: Synthesis) -> None:
    """The context `customer_email` subscribes an address to the notifications."""
    known = dict(pristine.resources())
    new = [body["Properties"] for key, body in again.resources() if key not in known]
    assert [(body["Protocol"], body["Endpoint"]) for body in new] == [("email", "someone@example.com")]


def test_an_overlay_without_decisions_changes_nothing(pristine: Synthesis, again: Synthesis) -> None:
    """The template depends on the sources alone: the same text but for the address."""
    assert [path.name for path in again.paths] == [path.name for path in pristine.paths]
    for before, after in zip(pristine.paths, again.paths, strict=True):
        template = json.loads(after.read_text(encoding="utf-8"))
        for key, body in list(template["Resources"].items()):
            if body["Properties"].get("Protocol") == "email":
                del template["Resources"][key]
        assert json.dumps(template, indent=1, ensure_ascii=False) == before.read_text(encoding="utf-8")


def test_cfn_lint_has_nothing_to_say(pristine: Synthesis, retrofitted: Synthesis) -> None:
    """Not even a warning, with and without the overlay."""
    templates = [str(path) for path in (*pristine.paths, *retrofitted.paths)]
    lint = "import sys; from cfnlint.runner import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", lint, *templates], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
