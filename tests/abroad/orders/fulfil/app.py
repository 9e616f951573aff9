import logging

from shipping.labels import label

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event, context):
    for order in event:
        made = label(order)
        logger.info("label for %s is ready: %s", made["order"], made["ready"])
    return len(event)
