"""The analytics pipeline: stock changes, from their topic through Firehose into the bucket."""

import names
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# What Firehose needs on a bucket and on its objects (Firehose guide, "Grant Firehose access to an S3 destination").
BUCKET_ACTIONS = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
OBJECT_ACTIONS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
# What SNS needs on the stream (SNS guide, "Prerequisites for subscribing Firehose delivery streams").
STREAM_ACTIONS = (
    "firehose:DescribeDeliveryStream",
    "firehose:ListTagsForDeliveryStream",
    "firehose:PutRecord",
    "firehose:PutRecordBatch",
)


class Analytics(Construct):
    """A delivery stream that keeps every message of `topic`; what cannot be delivered goes to the queue."""

    def __init__(
        self, scope: Construct, construct_id: str, *, topic: sns.ITopic, dead_letter_queue: sqs.IQueue
    ) -> None:
        super().__init__(scope, construct_id)
        stream = self._stream()
        arn = stream.attr_arn
        role = self._role(
            "SubscriptionRole", "sns.amazonaws.com", "shopfast-analytics-subscription-role", {arn: STREAM_ACTIONS}
        )
        sns.Subscription(
            self,
            "Subscription",
            topic=topic,
            protocol=sns.SubscriptionProtocol.FIREHOSE,
            endpoint=arn,
            subscription_role_arn=role.role_arn,
            raw_message_delivery=True,
            dead_letter_queue=dead_letter_queue,
        )

    def _stream(self) -> firehose.CfnDeliveryStream:
        bucket = Stack.of(self).format_arn(service="s3", region="", account="", resource=names.ANALYTICS_BUCKET)
        role = self._role(
            "DeliveryRole",
            "firehose.amazonaws.com",
            "shopfast-analytics-delivery-role",
            {bucket: BUCKET_ACTIONS, f"{bucket}/*": OBJECT_ACTIONS},
        )
        return firehose.CfnDeliveryStream(
            self,
            "Stream",
            delivery_stream_name=names.ANALYTICS_STREAM,
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input={"keyType": "AWS_OWNED_CMK"},
            extended_s3_destination_configuration={
                "bucketArn": bucket,
                "roleArn": role.role_arn,
                "prefix": "inventory-updates/",
                "errorOutputPrefix": "inventory-updates-failed/",
                "bufferingHints": {"intervalInSeconds": 60, "sizeInMBs": 1},
                "compressionFormat": "UNCOMPRESSED",
            },
        )

    def _role(self, construct_id: str, service: str, name: str, allowed: dict[str, tuple[str, ...]]) -> iam.Role:
        statements = [
            iam.PolicyStatement(actions=list(actions), resources=[resource]) for resource, actions in allowed.items()
        ]
        return iam.Role(
            self,
            construct_id,
            role_name=name,
            assumed_by=iam.ServicePrincipal(service),
            inline_policies={"access": iam.PolicyDocument(statements=statements)},
        )
