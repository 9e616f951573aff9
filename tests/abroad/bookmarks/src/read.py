import json
import logging

from safety import is_safe
from store import table

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event, context):
    key = event["pathParameters"]["id"]
    logger.info("looking up %s", key)
    item = table.get_item(Key={"id": key})["Item"]
    return {"statusCode": 200, "body": json.dumps({"url": item["url"], "safe": is_safe(item["url"])})}
