"""Keeps the books."""

import time


def handler(event, context):
    sale = event["detail"]
    time.sleep(sale.get("wait", 0))
    print("booked", sale["cents"], "for", sale["customer"])
