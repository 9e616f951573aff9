import logging

from safety import is_safe
from store import table

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event, context):
    links = [item["url"] for item in table.scan()["Items"]]
    unsafe = [link for link in links if not is_safe(link)]
    if unsafe:
        raise RuntimeError(f"{len(unsafe)} of {len(links)} links are not safe any more")
    logger.info("%d links are fine", len(links))
    return len(links)
