import json
import os
from urllib.request import urlopen


def label(order):
    with urlopen(f"{os.environ['SHIPPER_URL']}/labels?order={order['id']}") as answer:
        return {"order": order["id"], "ready": json.load(answer)["ok"]}
