"""Files each ticket that arrives, once its sender is known to the customer register."""

import json
import os
import urllib.request

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    for record in event["Records"]:
        ticket = json.loads(record["body"])
        with urllib.request.urlopen(f"{os.environ['REGISTER_URL']}/customers/{ticket['from']}") as answer:
            customer = json.load(answer)
        table.put_item(Item={"id": ticket["id"], "text": ticket["text"], "known": customer["ok"]})
        print("filed", ticket["id"])
    return {"filed": len(event["Records"])}
