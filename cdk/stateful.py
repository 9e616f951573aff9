"""What holds data or is named by others: tables, bus, topics, queues, the payment secret, the analytics bucket."""

import names
from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from outputs import publish

ORDER_FUNCTION_TIMEOUT = Duration.seconds(30)
QUEUE_RECEIVES = 5  # below that, throttling of the function alone moves messages to the dead-letter queue


class DataStack(Stack):
    """Deployed first, changed seldom. It is a workshop: everything goes away with the stack."""

    def __init__(self, scope: Construct, stack_id: str) -> None:
        super().__init__(scope, stack_id, stack_name=stack_id, description="ShopFast: data, events, queues")
        self._tables()
        self._bus_and_topics()
        self._queues()
        self._secret_and_bucket()

    def _tables(self) -> None:
        self._table("ProductsTable", names.PRODUCTS_TABLE, "productId")
        orders = self._table("OrdersTable", names.ORDERS_TABLE, "orderId")
        orders.add_global_secondary_index(
            index_name=names.ORDERS_BY_CUSTOMER,
            partition_key=dynamodb.Attribute(name="customerId", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="createdAt", type=dynamodb.AttributeType.STRING),
        )
        self._table("InventoryTable", names.INVENTORY_TABLE, "productId")

    def _table(self, construct_id: str, name: str, key: str) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            f"{construct_id}",
            table_name=name,
            partition_key=dynamodb.Attribute(name=key, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        publish(self, construct_id, table.table_name)
        return table

    def _bus_and_topics(self) -> None:
        bus = events.EventBus(self, "Bus", event_bus_name=names.EVENT_BUS)
        publish(self, "EventBus", bus.event_bus_name)
        order_events = self._topic("OrderEventsTopic", names.ORDER_EVENTS_TOPIC)
        order_events.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OrderEventsRule",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[order_events.topic_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self._order_events_rule()}},
            )
        )
        self._topic("InventoryUpdatesTopic", names.INVENTORY_TOPIC)
        self._topic("NotificationsTopic", names.NOTIFICATIONS_TOPIC)

    def _order_events_rule(self) -> str:
        return names.arn(self, "events", f"{names.EVENT_BUS}/{names.ORDER_EVENTS_RULE}", "rule")

    def _topic(self, construct_id: str, name: str) -> sns.Topic:
        topic = sns.Topic(self, f"{construct_id}", topic_name=name, enforce_ssl=True)
        publish(self, construct_id, topic.topic_arn)
        return topic

    def _queues(self) -> None:
        inventory_dlq = self._dead_letter_queue("InventoryDlq", names.INVENTORY_DLQ)
        self._accept(inventory_dlq, "sns.amazonaws.com", names.arn(self, "sns", names.INVENTORY_TOPIC))
        notification_dlq = self._dead_letter_queue("NotificationDlq", names.NOTIFICATION_DLQ)
        self._accept(notification_dlq, "sns.amazonaws.com", names.arn(self, "sns", names.ORDER_EVENTS_TOPIC))
        self._accept(notification_dlq, "events.amazonaws.com", self._order_events_rule())
        orders = sqs.Queue(
            self,
            "OrderQueue",
            queue_name=names.ORDER_QUEUE,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            # six times the function's timeout, as the Lambda guide asks for a queue behind an event source mapping
            visibility_timeout=Duration.seconds(6 * ORDER_FUNCTION_TIMEOUT.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=QUEUE_RECEIVES, queue=inventory_dlq),
        )
        publish(self, "OrderQueue", orders.queue_url)

    def _dead_letter_queue(self, construct_id: str, name: str) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            f"{construct_id}",
            queue_name=name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        publish(self, construct_id, queue.queue_url)
        return queue

    @staticmethod
    def _accept(queue: sqs.Queue, service: str, source_arn: str) -> None:
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
            )
        )

    def _secret_and_bucket(self) -> None:
        secret = secretsmanager.Secret(
            self,
            "PaymentSecret",
            secret_name=names.PAYMENT_SECRET,
            description="API key of the payment provider",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template='{"provider": "shopfast-pay"}',  # noqa: S106 - the key is generated
                generate_string_key="apiKey",
                exclude_punctuation=True,
                password_length=40,
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        publish(self, "PaymentSecret", secret.secret_arn)
        bucket = s3.Bucket(
            self,
            "AnalyticsBucket",
            bucket_name=names.ANALYTICS_BUCKET,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        publish(self, "AnalyticsBucket", bucket.bucket_name)
