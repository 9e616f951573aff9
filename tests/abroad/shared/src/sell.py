"""Takes a sale."""

import json
import os
import time

from common.clients import events, sns
from money import cents


def handler(event, context):
    sale = json.loads(event["body"])
    time.sleep(sale.pop("hold", 0))
    detail = json.dumps({**sale, "cents": cents(sale["amount"])})
    sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=detail)
    entry = {"Source": "sales", "DetailType": "sold", "Detail": detail, "EventBusName": os.environ["BUS_NAME"]}
    events.put_events(Entries=[entry])
    return {"statusCode": 201, "body": detail}
