"""Keeps a page."""

import json
import os
import time
from decimal import Decimal

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    page = json.loads(event["body"], parse_float=Decimal)
    time.sleep(page.pop("hold", 0))
    table.put_item(Item={"id": page["id"], **page})
    return {"statusCode": 201, "body": json.dumps({"id": page["id"]})}
