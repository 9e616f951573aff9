"""Ships a parcel."""

import time


def handler(event, context):
    time.sleep(event.get("hold", 0))
    print("shipping", event["id"])
    return {"shipped": event["id"]}
