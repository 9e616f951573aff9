"""CloudFront in front of our own front doors. MiniStack never dials an address of AWS's, and answers for a Function URL
past the gateway; here such an origin is asked through the gateway, which traces and measures it like any caller."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Awaitable, Callable

from shopfast_obs.localcloud.ministack.untyped import Untyped

Origin = dict[str, Untyped]
_API = re.compile(r"([a-z0-9-]+)\.(execute-api|lambda-url)\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws|localhost)")


def fetched_here(fetch: Callable[..., Awaitable[Untyped]], port: int) -> Callable[..., Awaitable[Untyped]]:
    """MiniStack's fetch from an origin, with APIs and Function URLs served by the gateway on that port."""

    async def wrapped(origin: Origin, *args: Untyped) -> Untyped:
        return await fetch(local_origin(origin, port), *args)

    return wrapped


def local_origin(origin: Origin, port: int) -> Origin:
    """The origin where it can be reached here: its API by path; any other origin as it is."""
    api = _API.fullmatch(str(origin.get("domain_name", "")).lower())
    if api is None:
        return origin
    return {
        **origin,
        "domain_name": "127.0.0.1",
        "origin_path": f"/_aws/{api[2]}/{api[1]}{origin.get('origin_path') or ''}",
        "http_port": port,
        "protocol_policy": "http-only",
    }


def over_tls(serve: Callable[..., Untyped]) -> Callable[..., Untyped]:
    """MiniStack's read from a bucket, as CloudFront asks S3: encrypted, which the policies of buckets insist on."""
    from ministack.core import iam_evaluator

    def wrapped(*args: Untyped) -> Untyped:
        def asked() -> Untyped:
            iam_evaluator.pin_request_origin("127.0.0.1", secure_transport=True)
            return serve(*args)

        return contextvars.copy_context().run(asked)

    return wrapped


def any_protocol(*_: Untyped) -> None:
    """Viewers come over HTTP: there is no TLS on loopback to send them to."""
