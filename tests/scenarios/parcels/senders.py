"""Who sends parcels."""

import random


def send(rng: random.Random, outputs):
    base = outputs["Url"].rstrip("/")
    sender = f"s-{rng.randint(1, 5)}"
    body = {"sender": sender, "town": rng.choice(["Ulm", "Bern", "Graz"])}
    made = yield {"route": "POST /parcels", "method": "POST", "url": f"{base}/parcels", "json": body}
    parcel = made.json() or {}
    if "parcelId" in parcel:
        yield {"route": "GET /parcels/{id}", "method": "GET", "url": f"{base}/parcels/{parcel['parcelId']}"}
    yield {"route": "GET /parcels", "method": "GET", "url": f"{base}/parcels?sender={sender}"}


SCENARIOS = {"send": send}
