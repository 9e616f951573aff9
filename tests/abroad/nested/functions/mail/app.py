"""Reads the notes that were sent on."""

import json
import os
import time

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    for record in event["Records"]:
        note = json.loads(record["body"])
        time.sleep(note.get("wait", 0))
        table.put_item(Item={"id": note["id"], "to": note["to"], "mailed": True})
