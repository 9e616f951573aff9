"""Takes an order and queues it."""

import json
import os
import time

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    order = json.loads(event["body"])
    time.sleep(order.get("wait", 0))
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps({"id": order["id"]}))
    return {"statusCode": 202, "body": json.dumps({"id": order["id"]})}
