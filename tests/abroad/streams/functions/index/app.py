"""Indexes what was written."""

import time


def handler(event, context):
    for record in event["Records"]:
        page = record["dynamodb"]["NewImage"]
        time.sleep(float(page.get("wait", {"N": "0"})["N"]))
        print("indexing", page["title"]["S"])
