"""Writes to the customer."""

import json
import logging
import time

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event, context):
    for record in event["Records"]:
        sale = json.loads(record["body"])
        time.sleep(sale.get("wait", 0))
        logger.info("mail to %s", sale["customer"])
