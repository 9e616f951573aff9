"""AWS gives URLs on its own domains; on the local cloud the same URL has a form that any browser resolves."""

from __future__ import annotations

import re

from shopfast_obs.cloud.interface import Target

_FUNCTION_URL = re.compile(r"^https?://([a-z0-9]+)\.lambda-url\.[^/]+(?:/|$)")
_REST_API = re.compile(r"^https?://([a-z0-9]+)\.execute-api\.[^/]+/")
_CLOUDFRONT = re.compile(r"^(?:https?://)?([A-Za-z0-9]+)\.cloudfront\.(?:net|localhost[^/]*)(?:/|$)")


def reachable(url: str, target: Target) -> str:
    """The URL as a client of the target can open it; any other text comes back as it is."""
    if target.name != "local" or target.endpoint_url is None:
        return url
    port = target.endpoint_url.rsplit(":", 1)[-1].rstrip("/")
    base = f"http://localhost:{port}/_aws"
    if found := _FUNCTION_URL.match(url):
        return f"{base}/lambda-url/{found[1]}/{url[found.end() :]}"
    if found := _REST_API.match(url):
        return f"{base}/execute-api/{found[1]}/{url[found.end() :]}"
    if found := _CLOUDFRONT.match(url):
        return f"http://{found[1]}.cloudfront.localhost:{port}/{url[found.end() :]}"
    return url
