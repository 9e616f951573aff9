"""Indexes what was written."""

import time


def handler(event, context):
    for record in event["Records"]:
        page = record["dynamodb"]["NewImage"]
        time.sleep(max(0, float(page.get("until", {"N": "0"})["N"]) - time.time()))
        print("indexing", page["title"]["S"])
