"""What can be thrown away and made again: functions, API, URL, page, rules, workflow, subscriptions, analytics."""

from collections.abc import Mapping, Sequence
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
from constructs import Construct
from frontend import Frontend
from network import Network
from outputs import publish
from service import Service, Sizing, allow
from stateful import ORDER_FUNCTION_TIMEOUT
from workflow import Workflow

EVENT_SOURCE = "shopfast.order-service"
ITEM_ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
CONSUME_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
ORDER_EVENTS = ("order.created", "order.updated", "order.shipped")


class ServicesStack(Stack):
    """The four services and what connects them. `starter` holds their sources and the workflow's definition."""

    def __init__(self, scope: Construct, stack_id: str, *, starter: Path, customer_email: str | None) -> None:
        super().__init__(scope, stack_id, stack_name=stack_id, description="ShopFast: functions, API, events, workflow")
        self._starter = starter
        self._network = Network(self, "Network")
        self._notification_dlq = sqs.Queue.from_queue_arn(
            self, "NotificationDlq", self._arn("sqs", names.NOTIFICATION_DLQ)
        )
        self._products = self._product_service()
        self._inventory = self._inventory_service()
        self._orders = self._order_service()
        self._notifications = self._notification_handler()
        self._publish_functions()
        api = Api(self, "Api", orders=self._orders.function, inventory=self._inventory.function)
        publish(self, "ApiUrl", api.rest.url)
        frontend = Frontend(self, "Frontend", products=self._products_url, api=api.rest)
        publish(self, "FrontendBucket", frontend.bucket.bucket_name)
        publish(self, "FrontendUrl", frontend.url)
        self._connect_events()
        self._connect_analytics()
        if customer_email:
            self._connect_customers(customer_email)

    def _service(
        self,
        construct_id: str,
        name: str,
        sizing: Sizing,
        environment: Mapping[str, str],
        permissions: Sequence[iam.PolicyStatement],
    ) -> Service:
        return Service(
            self,
            construct_id,
            name=name,
            source=self._starter / "services" / name.removeprefix("shopfast-"),
            network=self._network,
            sizing=sizing,
            environment=environment,
            permissions=permissions,
        )

    def _product_service(self) -> Service:
        service = self._service(
            "ProductService",
            names.PRODUCT_FUNCTION,
            Sizing(Duration.seconds(3), 128),
            {"PRODUCTS_TABLE": names.PRODUCTS_TABLE},
            [allow(["dynamodb:GetItem", "dynamodb:Scan"], self._table(names.PRODUCTS_TABLE))],
        )
        self._products_url = service.function.add_function_url(
            auth_type=lambda_.FunctionUrlAuthType.NONE,
            cors=lambda_.FunctionUrlCorsOptions(
                allowed_origins=["*"],
                allowed_methods=[lambda_.HttpMethod.GET],
                allowed_headers=["content-type"],
                max_age=Duration.hours(1),
            ),
        )
        publish(self, "ProductsUrl", self._products_url.url)
        return service

    def _inventory_service(self) -> Service:
        topic = self._arn("sns", names.INVENTORY_TOPIC)
        return self._service(
            "InventoryService",
            names.INVENTORY_FUNCTION,
            Sizing(Duration.seconds(30), 512),
            {"INVENTORY_TABLE": names.INVENTORY_TABLE, "INVENTORY_TOPIC_ARN": topic},
            [
                allow([*ITEM_ACTIONS, "dynamodb:BatchGetItem"], self._table(names.INVENTORY_TABLE)),
                allow(["sns:Publish"], topic),
            ],
        )

    def _order_service(self) -> Service:
        queue = sqs.Queue.from_queue_arn(self, "OrderQueue", self._arn("sqs", names.ORDER_QUEUE))
        # Without the six characters that the service appends: reading by it works, and it is known beforehand.
        secret = self._arn("secretsmanager", names.PAYMENT_SECRET, "secret", ":")
        table = self._table(names.ORDERS_TABLE)
        service = self._service(
            "OrderService",
            names.ORDER_FUNCTION,
            Sizing(ORDER_FUNCTION_TIMEOUT, 512),
            {
                "ORDERS_TABLE": names.ORDERS_TABLE,
                "EVENT_BUS_NAME": names.EVENT_BUS,
                "ORDER_QUEUE_URL": queue.queue_url,
                "INVENTORY_FUNCTION_NAME": names.INVENTORY_FUNCTION,
                "PAYMENT_SECRET_ARN": secret,
            },
            [
                allow(ITEM_ACTIONS, table),
                allow(["dynamodb:Query"], f"{table}/index/{names.ORDERS_BY_CUSTOMER}"),
                allow(["events:PutEvents"], self._arn("events", names.EVENT_BUS, "event-bus")),
                allow(["lambda:InvokeFunction"], self._inventory.function.function_arn),
                allow(["sqs:SendMessage", *CONSUME_ACTIONS], queue.queue_arn),
                allow(["secretsmanager:GetSecretValue"], f"{secret}-??????"),
            ],
        )
        service.function.add_event_source(sources.SqsEventSource(queue, batch_size=10, report_batch_item_failures=True))
        return service

    def _notification_handler(self) -> Service:
        topic = self._arn("sns", names.NOTIFICATIONS_TOPIC)
        service = self._service(
            "NotificationHandler",
            names.NOTIFICATION_FUNCTION,
            Sizing(Duration.seconds(30), 256),
            {"NOTIFICATIONS_TOPIC_ARN": topic},
            [allow(["sns:Publish"], topic), allow(["sqs:SendMessage"], self._notification_dlq.queue_arn)],
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

    def _connect_events(self) -> None:
        bus = events.EventBus.from_event_bus_name(self, "Bus", names.EVENT_BUS)
        workflow = Workflow(
            self,
            "Workflow",
            definition=self._starter / "workflow" / "order-workflow.asl.json",
            function=self._orders.function,
            bus=bus,
            created=events.EventPattern(source=[EVENT_SOURCE], detail_type=[ORDER_EVENTS[0]]),
        )
        publish(self, "OrderWorkflow", workflow.machine.state_machine_arn)
        order_events = self._topic("OrderEventsTopic", names.ORDER_EVENTS_TOPIC)
        events.Rule(
            self,
            "OrderEventsRule",
            rule_name=names.ORDER_EVENTS_RULE,
            event_bus=bus,
            event_pattern=events.EventPattern(source=[EVENT_SOURCE], detail_type=list(ORDER_EVENTS)),
            targets=[targets.SnsTopic(order_events, dead_letter_queue=self._notification_dlq)],
        )
        order_events.add_subscription(
            subscriptions.LambdaSubscription(self._notifications.function, dead_letter_queue=self._notification_dlq)
        )

    def _connect_analytics(self) -> None:
        Analytics(
            self,
            "Analytics",
            topic=self._topic("InventoryUpdatesTopic", names.INVENTORY_TOPIC),
            dead_letter_queue=sqs.Queue.from_queue_arn(self, "InventoryDlq", self._arn("sqs", names.INVENTORY_DLQ)),
        )

    def _connect_customers(self, email: str) -> None:
        messages = self._topic("NotificationsTopic", names.NOTIFICATIONS_TOPIC)
        messages.add_subscription(subscriptions.EmailSubscription(email))

    def _topic(self, construct_id: str, name: str) -> sns.ITopic:
        return sns.Topic.from_topic_arn(self, construct_id, self._arn("sns", name))

    def _table(self, name: str) -> str:
        return self._arn("dynamodb", name, "table")

    def _arn(self, service: str, name: str, kind: str = "", separator: str = "/") -> str:
        return names.arn(self, service, name, kind, separator)
