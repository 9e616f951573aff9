import json
import os

import boto3

connections = boto3.resource("dynamodb").Table(os.environ["CONNECTIONS"])


def handler(event, context):
    said = json.loads(event["body"])
    sender = connections.get_item(Key={"id": event["requestContext"]["connectionId"]})["Item"]
    print(sender["id"], "says", said["text"])
    return {"statusCode": 200, "body": json.dumps({"heard": said["text"]})}
