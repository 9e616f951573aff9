import os

import boto3

connections = boto3.resource("dynamodb").Table(os.environ["CONNECTIONS"])


def handler(event, context):
    connection = event["requestContext"]["connectionId"]
    connections.put_item(Item={"id": connection})
    print("hello", connection)
    return {"statusCode": 200}
