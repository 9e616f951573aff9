"""Parcels over HTTP: register one, look at one, list the latest of a sender."""

import json
import os
import uuid

import boto3
from boto3.dynamodb.conditions import Key

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
events = boto3.client("events")
sqs = boto3.client("sqs")


def lambda_handler(event, context):
    method = event["requestContext"]["http"]["method"]
    path = event["rawPath"].strip("/").split("/")
    print(f"{method} {event['rawPath']}")
    if path[0] != "parcels":
        return answer(404, {"error": "nothing here"})
    if method == "POST":
        return register(json.loads(event["body"]))
    if len(path) == 2:
        item = table.get_item(Key={"parcelId": path[1]}).get("Item")
        return answer(200, item) if item else answer(404, {"error": "no such parcel"})
    sender = (event.get("queryStringParameters") or {}).get("sender", "")
    found = table.query(IndexName="by-sender", KeyConditionExpression=Key("sender").eq(sender), Limit=20)
    return answer(200, {"parcels": found["Items"]})


def register(wanted):
    parcel = {"parcelId": f"par-{uuid.uuid4()}", "sender": wanted["sender"], "town": wanted["town"], "state": "new"}
    table.put_item(Item=parcel, ConditionExpression="attribute_not_exists(parcelId)")
    sqs.send_message(QueueUrl=os.environ["LABELS"], MessageBody=json.dumps({"parcelId": parcel["parcelId"]}))
    entry = {
        "EventBusName": os.environ["BUS"],
        "Source": "parcels.api",
        "DetailType": "parcel.registered",
        "Detail": json.dumps(parcel),
    }
    refused = events.put_events(Entries=[entry])["FailedEntryCount"]
    if refused:
        raise RuntimeError("the bus refused the event")
    print(f"registered {parcel['parcelId']}")
    return answer(201, parcel)


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
