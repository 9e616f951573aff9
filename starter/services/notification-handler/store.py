"""The topic that the e-mail and SMS services listen to."""

from __future__ import annotations

import json
import os

import boto3

from messages import Message

TOPIC = os.environ["NOTIFICATIONS_TOPIC_ARN"]

sns = boto3.client("sns")


def publish(message: Message) -> str:
    body = {
        "type": message.kind,
        "customerId": message.customer_id,
        "orderId": message.order_id,
        "subject": message.subject,
        "text": message.text,
    }
    attributes = {"type": message.kind, "customerId": message.customer_id, "orderId": message.order_id}
    answer = sns.publish(
        TopicArn=TOPIC,
        Subject=message.subject,
        Message=json.dumps(body),
        MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
    )
    message_id: str = answer["MessageId"]
    return message_id
