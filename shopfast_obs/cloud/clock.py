"""The local cloud's clock can be moved forward, so that nobody has to wait for an alarm's minutes."""

from __future__ import annotations

import json

from shopfast_obs.cloud.interface import Target
from shopfast_obs.cloud.session import signed
from shopfast_obs.errors import CloudUnreachableError, UserError


def ahead(target: Target) -> float:
    """How many seconds the target's clock is ahead of this machine's; 0 on AWS, and for a cloud whose clock stands."""
    import urllib3

    if target.endpoint_url is None or target.name != "local":
        return 0.0
    try:
        address = f"{target.endpoint_url}/_shopfast/health"
        headers = signed(target, "GET", address)
        answer = urllib3.request("GET", address, headers=headers, retries=False, timeout=10)
        return float(json.loads(answer.data)["clock"]["offset"])
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError):
        return 0.0


def hurried(target: Target, seconds: float) -> None:
    """Move the clock of a local cloud forward; raises UserError on AWS, whose minutes take a minute."""
    import urllib3

    if target.endpoint_url is None or target.name != "local":
        raise UserError("Only the local cloud's clock can be moved.", "Leave --hurry away and wait.")
    body = json.dumps({"advance": seconds}).encode()
    try:
        address = f"{target.endpoint_url}/_shopfast/clock"
        headers = signed(target, "POST", address, body)
        answer = urllib3.request("POST", address, headers=headers, body=body, retries=False, timeout=10)
    except urllib3.exceptions.HTTPError:
        raise CloudUnreachableError(
            f"No cloud answers at {target.endpoint_url}.", "shopfast-obs cloud status"
        ) from None
    if answer.status >= 400:
        raise UserError(f"{target.endpoint_url} has no clock that can be moved.", "Leave --hurry away and wait.")
