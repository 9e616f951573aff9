import json
import logging
import os
import urllib.request

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
parcels = boto3.resource("dynamodb").Table(os.environ["PARCELS"])


def handler(event, context):
    for record in event["Records"]:
        scan = json.loads(record["body"])
        urllib.request.urlopen(f"{os.environ['CARRIER_URL']}/scanned/{scan['parcel']}").close()
        parcels.put_item(Item={"id": scan["parcel"], "depot": scan["depot"]})
        logger.info("scanned %s", scan["parcel"])
