"""Which AWS API a request is for: read from its signature, its headers and its path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs

from shopfast_obs.localcloud.interface import ACCOUNT, Scope

DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")
_TARGETS = {"GraniteServiceVersion20100801": "monitoring", "Logs_20140328": "logs", "DynamoDB_20120810": "dynamodb"}


class Head(NamedTuple):  # made twice for each request: a frozen dataclass takes four times as long
    """A request before its body is read. Header names are lower-case; a repeated header is joined with commas."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    access_key: str
    region: str
    service: str
    account: str = ""  # whose keys signed it, once that is known

    @property
    def scope(self) -> Scope:
        """The account and region that the caller acts in: a 12-digit access key names the account."""
        key = self.account or self.access_key
        return Scope(key if _ACCOUNT.fullmatch(key) else ACCOUNT, self.region)

    def of(self, account: str) -> Head:
        """The same request, whose signer's account is known."""
        return Head(
            self.method, self.path, self.headers, self.query, self.access_key, self.region, self.service, account
        )

    @property
    def operation(self) -> str:
        """The operation of a JSON protocol's X-Amz-Target, or empty."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """ASGI headers as a dictionary."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


def head_of(method: str, path: str, headers: Mapping[str, str], query_string: bytes) -> Head:
    """The request's head; `service` is empty when neither signature nor target names one."""
    query = parse_qs(query_string.decode("latin-1"), keep_blank_values=True) if query_string else {}
    access_key, region, service = _scope(headers, query)
    if not service:
        service = _TARGETS.get(headers.get("x-amz-target", "").partition(".")[0], "")
    return Head(method, path, headers, query, access_key, region, service)


def _scope(headers: Mapping[str, str], query: Mapping[str, Sequence[str]]) -> tuple[str, str, str]:
    match = _SCOPE.search(headers.get("authorization", ""))
    if match:
        return match.group(1), match.group(2), match.group(3)
    presigned = (query.get("X-Amz-Credential") or [""])[0].split("/")
    if len(presigned) == 5:
        return presigned[0], presigned[2], presigned[3]
    old = query.get("AWSAccessKeyId")  # version 2 of the signature, which S3 alone takes
    return (old[0], DEFAULT_REGION, "s3") if old else ("", DEFAULT_REGION, "")
