import json
import logging

from safety import is_safe
from store import table

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event, context):
    body = json.loads(event["body"])
    item = {"id": event["pathParameters"]["id"], "url": body["url"], "safe": is_safe(body["url"])}
    table.put_item(Item=item)
    logger.info("saved %s", item["id"])
    return {"statusCode": 201, "body": json.dumps(item)}
