"""What can be thrown away and made again: functions, API, URL, rules, workflow, subscriptions, the analytics stream."""

from collections.abc import Mapping
from pathlib import Path

import names
from analytics import Analytics
from api import Api
from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct
from network import Network
from outputs import publish
from service import Service

EVENT_SOURCE = "shopfast.order-service"
ORDER_EVENTS = ("order.created", "order.updated", "order.shipped")


class ServicesStack(Stack):
    """The four services and what connects them. `starter` holds their sources and the workflow's definition."""

    def __init__(self, scope: Construct, stack_id: str, *, starter: Path, customer_email: str | None) -> None:
        super().__init__(scope, stack_id, stack_name=stack_id, description="ShopFast: functions, API, events, workflow")
        self._starter = starter
        self._network = Network(self, "Network")
        self._products = self._product_service()
        self._inventory = self._inventory_service()
        self._orders = self._order_service()
        self._notifications = self._notification_handler()
        self._publish_functions()
        api = Api(self, "Api", orders=self._orders.function, inventory=self._inventory.function)
        publish(self, "ApiUrl", api.rest.url)
        self._connect(self._workflow(), customer_email)

    def _service(self, construct_id: str, name: str, timeout: int, memory_mb: int, **environment: str) -> Service:
        return Service(
            self,
            construct_id,
            name=name,
            source=self._starter / "services" / name.removeprefix("shopfast-"),
            network=self._network,
            timeout=Duration.seconds(timeout),
            memory_mb=memory_mb,
            environment=environment,
        )

    def _product_service(self) -> Service:
        service = self._service("ProductService", names.PRODUCT_FUNCTION, 3, 128, PRODUCTS_TABLE=names.PRODUCTS_TABLE)
        service.allow(["dynamodb:GetItem", "dynamodb:Scan"], [self._table(names.PRODUCTS_TABLE)])
        url = service.function.add_function_url(
            auth_type=lambda_.FunctionUrlAuthType.NONE,
            cors=lambda_.FunctionUrlCorsOptions(
                allowed_origins=["*"],
                allowed_methods=[lambda_.HttpMethod.GET],
                allowed_headers=["content-type"],
                max_age=Duration.hours(1),
            ),
        )
        publish(self, "ProductsUrl", url.url)
        return service

    def _inventory_service(self) -> Service:
        topic = self._arn("sns", names.INVENTORY_TOPIC)
        service = self._service(
            "InventoryService",
            names.INVENTORY_FUNCTION,
            30,
            512,
            INVENTORY_TABLE=names.INVENTORY_TABLE,
            INVENTORY_TOPIC_ARN=topic,
        )
        item = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        service.allow(item, [self._table(names.INVENTORY_TABLE)])
        service.allow(["sns:Publish"], [topic])
        return service

    def _order_service(self) -> Service:
        queue = sqs.Queue.from_queue_arn(self, "OrderQueue", self._arn("sqs", names.ORDER_QUEUE))
        secret = names.secret_arn(self, names.PAYMENT_SECRET)
        service = self._service(
            "OrderService",
            names.ORDER_FUNCTION,
            30,
            512,
            ORDERS_TABLE=names.ORDERS_TABLE,
            EVENT_BUS_NAME=names.EVENT_BUS,
            ORDER_QUEUE_URL=queue.queue_url,
            INVENTORY_FUNCTION_NAME=names.INVENTORY_FUNCTION,
            PAYMENT_SECRET_ARN=secret,
        )
        table = self._table(names.ORDERS_TABLE)
        service.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [table])
        service.allow(["dynamodb:Query"], [f"{table}/index/{names.ORDERS_BY_CUSTOMER}"])
        service.allow(["events:PutEvents"], [self._arn("events", names.EVENT_BUS, "event-bus")])
        service.allow(["lambda:InvokeFunction"], [self._inventory.function.function_arn])
        service.allow(["sqs:SendMessage"], [queue.queue_arn])
        # The service appends six characters to the name that it was given.
        service.allow(["secretsmanager:GetSecretValue"], [f"{secret}-??????"])
        service.function.add_event_source(sources.SqsEventSource(queue, batch_size=10, report_batch_item_failures=True))
        return service

    def _notification_handler(self) -> Service:
        topic = self._arn("sns", names.NOTIFICATIONS_TOPIC)
        service = self._service(
            "NotificationHandler", names.NOTIFICATION_FUNCTION, 30, 256, NOTIFICATIONS_TOPIC_ARN=topic
        )
        service.allow(["sns:Publish"], [topic])
        self._notification_dlq = sqs.Queue.from_queue_arn(
            self, "NotificationDlq", self._arn("sqs", names.NOTIFICATION_DLQ)
        )
        service.function.configure_async_invoke(
            retry_attempts=1,
            max_event_age=Duration.hours(1),
            on_failure=destinations.SqsDestination(self._notification_dlq),
        )
        return service

    def _publish_functions(self) -> None:
        functions: Mapping[str, Service] = {
            "ProductFunction": self._products,
            "OrderFunction": self._orders,
            "InventoryFunction": self._inventory,
            "NotificationFunction": self._notifications,
        }
        for name, service in functions.items():
            publish(self, name, service.function.function_name)

    def _workflow(self) -> stepfunctions.StateMachine:
        definition = (self._starter / "workflow" / "order-workflow.asl.json").read_text(encoding="utf-8")
        function = self._orders.function
        workflow = stepfunctions.StateMachine(
            self,
            "Workflow",
            state_machine_name=names.ORDER_WORKFLOW,
            definition_body=stepfunctions.DefinitionBody.from_string(definition),
            definition_substitutions={"OrderFunctionArn": function.function_arn},
        )
        # Not grant_invoke: that covers every version and alias too.
        workflow.add_to_role_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        )
        publish(self, "OrderWorkflow", workflow.state_machine_arn)
        return workflow

    def _connect(self, workflow: stepfunctions.StateMachine, customer_email: str | None) -> None:
        order_events = self._topic("OrderEventsTopic", names.ORDER_EVENTS_TOPIC)
        inventory_updates = self._topic("InventoryUpdatesTopic", names.INVENTORY_TOPIC)
        self._rules(order_events, workflow)
        order_events.add_subscription(
            subscriptions.LambdaSubscription(self._notifications.function, dead_letter_queue=self._notification_dlq)
        )
        Analytics(
            self,
            "Analytics",
            topic=inventory_updates,
            dead_letter_queue=sqs.Queue.from_queue_arn(self, "InventoryDlq", self._arn("sqs", names.INVENTORY_DLQ)),
        )
        if customer_email:
            messages = self._topic("NotificationsTopic", names.NOTIFICATIONS_TOPIC)
            messages.add_subscription(subscriptions.EmailSubscription(customer_email))

    def _rules(self, order_events: sns.ITopic, workflow: stepfunctions.StateMachine) -> None:
        bus = events.EventBus.from_event_bus_name(self, "Bus", names.EVENT_BUS)
        events.Rule(
            self,
            "OrderEventsRule",
            rule_name=names.ORDER_EVENTS_RULE,
            event_bus=bus,
            event_pattern=events.EventPattern(source=[EVENT_SOURCE], detail_type=list(ORDER_EVENTS)),
            targets=[targets.SnsTopic(order_events, dead_letter_queue=self._notification_dlq)],
        )
        events.Rule(
            self,
            "OrderCreatedRule",
            rule_name=names.ORDER_WORKFLOW_RULE,
            event_bus=bus,
            event_pattern=events.EventPattern(source=[EVENT_SOURCE], detail_type=[ORDER_EVENTS[0]]),
            targets=[
                targets.SfnStateMachine(workflow, input=events.RuleTargetInput.from_event_path("$.detail")),
            ],
        )

    def _topic(self, construct_id: str, name: str) -> sns.ITopic:
        return sns.Topic.from_topic_arn(self, construct_id, self._arn("sns", name))

    def _table(self, name: str) -> str:
        return self._arn("dynamodb", name, "table")

    def _arn(self, service: str, name: str, kind: str = "") -> str:
        return names.arn(self, service, name, kind)
