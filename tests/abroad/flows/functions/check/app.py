"""Checks a parcel: what a pipe brings is a list of records."""

import json
import time


def handler(event, context):
    parcel = json.loads(event[0]["dynamodb"]["NewImage"]["parcel"]["S"]) if isinstance(event, list) else event
    time.sleep(parcel.get("wait", 0))
    if parcel.get("weight", 0) > 30:
        raise ValueError(f"a parcel of {parcel['weight']} kg is too heavy")
    return {"packing": 0, **parcel}
