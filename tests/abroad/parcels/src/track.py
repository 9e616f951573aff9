import json
import logging
import os
import urllib.request

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
parcels = boto3.resource("dynamodb").Table(os.environ["PARCELS"])


def handler(event, context):
    key = event["pathParameters"]["id"]
    parcel = parcels.get_item(Key={"id": key})["Item"]
    with urllib.request.urlopen(f"{os.environ['CARRIER_URL']}/eta/{key}") as answer:
        on_time = json.load(answer)["ok"]
    logger.info("parcel %s is at %s", key, parcel["depot"])
    return {"statusCode": 200, "body": json.dumps({"depot": parcel["depot"], "on_time": on_time})}
