"""Works on orders, one message at a time."""

import json
import time


def handler(event, context):
    for record in event.get("Records", ()):
        order = json.loads(record["body"])
        time.sleep(order.get("wait", 0))
        print("packed", order["id"])
