import json
import os
from urllib.parse import quote
from urllib.request import urlopen


def is_safe(url):
    with urlopen(f"{os.environ['SAFETY_URL']}/check?url={quote(url)}") as answer:
        return json.load(answer)["ok"]
