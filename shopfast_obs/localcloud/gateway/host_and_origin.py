"""Who may knock. The cloud listens on loopback only, but a web page can reach loopback too: by a name that it controls
(DNS rebinding) or by a cross-site request. Both are told apart by their headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

_LOCAL = re.compile(r"(?:[a-z0-9._-]+\.)?localhost|127\.0\.0\.1|\[::1\]")
# Names that only AWS can point somewhere: clients that resolve them to loopback mean this cloud.
_AWS = re.compile(r"[a-z0-9._-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws|cloudfront\.net)")


@lru_cache(256)  # clients say the same name all the time
def host_is_welcome(host: str) -> bool:
    """True for a Host header that names this machine or an AWS endpoint."""
    name = _without_port(host)
    return bool(_LOCAL.fullmatch(name) or _AWS.fullmatch(name))


def origin_is_welcome(origin: str) -> bool:
    """True for no Origin header (no browser) and for pages that this machine serves."""
    if not origin:
        return True
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(_LOCAL.fullmatch(_without_port(netloc)))


def _without_port(host: str) -> str:
    return re.sub(r":\d*$", "", host.strip().lower())


def fetch_is_welcome(headers: Mapping[str, str]) -> bool:
    """False for a request that a page of another site makes: browsers say so, whatever kind of request it is."""
    return headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def is_welcome(headers: Mapping[str, str]) -> bool:
    """True for a request that names this machine and that no page of another site makes."""
    named = host_is_welcome(headers.get("host", "")) and origin_is_welcome(headers.get("origin", ""))
    return named and fetch_is_welcome(headers)
