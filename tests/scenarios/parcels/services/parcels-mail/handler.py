"""Tells the sender what has become of a parcel."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def lambda_handler(event, context):
    for record in event["Records"]:
        said = json.loads(record["Sns"]["Message"])
        parcel = said.get("detail", said)
        print(f"telling the sender of {parcel['parcelId']}")
        table.update_item(
            Key={"parcelId": parcel["parcelId"]},
            UpdateExpression="SET told = :v",
            ExpressionAttributeValues={":v": True},
        )
    return len(event["Records"])
