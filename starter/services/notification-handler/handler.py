"""Entry of the notification handler: order events, delivered by SNS."""

from __future__ import annotations

from typing import Any

import logic


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    # A message that cannot be processed raises: Lambda tries again, then hands it to the dead-letter queue.
    sent = [logic.notify(record["Sns"]["Message"]) for record in event["Records"]]
    return {"sent": len(sent)}
