import logging
import os
from urllib.request import urlopen

log = logging.getLogger()
log.setLevel("INFO")


def lambda_handler(event, context):
    with urlopen(f"{os.environ['MAIL_URL']}/send?to={event['name']}") as answer:
        log.info("mail service said %s", answer.status)
    return {"greeted": event["name"]}
