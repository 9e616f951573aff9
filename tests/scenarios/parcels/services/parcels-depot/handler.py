"""The depot: prints labels from a queue, and does the steps of the delivery."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def labels(event, context):
    failed = []
    for record in event["Records"]:
        try:
            change(json.loads(record["body"])["parcelId"], "label", "printed")
        except Exception as problem:
            print(f"no label for {record['messageId']}: {problem}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def lambda_handler(event, context):
    if "Records" in event:
        return labels(event, context)
    step = event["step"]
    print(f"parcel {event['parcelId']}: {step}")
    return change(event["parcelId"], "state", step)


def change(parcel_id, name, value):
    table.update_item(
        Key={"parcelId": parcel_id},
        UpdateExpression="SET #n = :v",
        ExpressionAttributeNames={"#n": name},
        ExpressionAttributeValues={":v": value},
        ConditionExpression="attribute_exists(parcelId)",
    )
    return {"parcelId": parcel_id, name: value}
