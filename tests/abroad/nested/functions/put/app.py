"""Keeps a note and sends it on."""

import json
import os
import time

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
sqs = boto3.client("sqs")


def handler(event, context):
    note = json.loads(event["body"])
    print("keeping", note["id"])
    time.sleep(note.pop("hold", 0))
    table.put_item(Item=note)
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(note))
    return {"statusCode": 201, "body": json.dumps(note)}
