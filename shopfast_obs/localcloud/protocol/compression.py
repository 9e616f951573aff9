"""Compressed requests: unpacked once, at the door, and within bounds. SDKs send a large PutMetricData as gzip."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from shopfast_obs.localcloud.protocol.wire import AwsError

LARGEST = 16 * 1024 * 1024  # bytes of an unpacked body; no API behind the door takes more than 10 MB
UNSUSPICIOUS = 1024 * 1024  # bytes that any body may unpack to
RATIO = 200  # times that a body may grow beyond that: metrics of one name grow 60 times, zeros 1,000 times


def is_packed(headers: Mapping[str, str]) -> bool:
    """True for a request whose body is gzip."""
    return "gzip" in _codings(headers)


def unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body as it was before the client packed it; raises AwsError for what is not gzip, is cut off, or grows beyond
    the bounds."""
    if not is_packed(headers):
        return body
    bound = min(LARGEST, max(UNSUSPICIOUS, RATIO * len(body)))
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, bound + 1)
    except zlib.error as problem:
        raise AwsError("SerializationException", f"The body is not gzip: {problem}.") from None
    if len(content) > bound:
        limits = f"{LARGEST:,} bytes, and {RATIO} times its packed size beyond {UNSUSPICIOUS:,} bytes"
        message = f"The body of {len(body):,} bytes unpacks to more than {bound:,} bytes; the limits are {limits}."
        raise AwsError("RequestEntityTooLarge", message, 413)
    if not unpacker.eof:
        raise AwsError("SerializationException", "The body is cut off: its gzip stream has no end.")
    return content


def without_packing(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of the request once its body is unpacked."""
    left = ",".join(coding for coding in _codings(headers) if coding != "gzip")
    kept = {name: value for name, value in headers.items() if name not in ("content-encoding", "content-length")}
    return kept | ({"content-encoding": left} if left else {})


def _codings(headers: Mapping[str, str]) -> list[str]:
    codings = (part.strip() for part in headers.get("content-encoding", "").lower().split(","))
    return [coding for coding in codings if coding]
