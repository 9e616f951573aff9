"""AWS's signatures, recomputed with the code by which MiniStack checks them when it is asked to, and the keys that its
STS and IAM have given out."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit

from shopfast_obs.localcloud.gateway.credentials import Keys
from shopfast_obs.localcloud.ministack.untyped import Untyped

CHUNKED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
OTHER_CHUNKS = "STREAMING-AWS4-ECDSA"
# Headers that are compared with what is signed, or that change nothing.
PROVEN = frozenset(["x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent"])
OLD = ("AWSAccessKeyId", "Signature", "Expires")


@dataclass(frozen=True, slots=True)
class OldLink:
    """A presigned address of S3 with version 2 of the signature, which boto3 makes unless it is told otherwise."""

    access_key_id: str
    signature: str
    expires: str
    service: str = "s3"


def is_old_link(query: Mapping[str, Sequence[str]]) -> bool:
    """True for a query string that is signed with version 2."""
    return bool(query) and all(name in query for name in OLD)


def unless_old_link(refusal: Callable[..., Untyped]) -> Callable[..., Untyped]:
    """S3's refusal of what only signed requests may ask; MiniStack does not know version 2 for a signature."""

    def wrapped(headers: Untyped, query: Mapping[str, Sequence[str]], *args: Untyped) -> Untyped:
        return None if is_old_link(query) else refusal(headers, query, *args)

    return wrapped


class Signed(NamedTuple):  # made for each request: a frozen dataclass takes four times as long
    """A request as it was signed; `path` is the request line's, percent-encoded; header names are lower-case."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    parts: Untyped  # MiniStack's HeaderSignature
    presigned: bool

    @property
    def access_key_id(self) -> str:
        """Who says to have signed it."""
        return str(self.parts.access_key_id)

    @property
    def service(self) -> str:
        """The service that it is signed for."""
        return str(self.parts.service)

    @property
    def token(self) -> str:
        """The session token that came with it."""
        header = self.headers.get("x-amz-security-token", "")
        given = self.query.get("X-Amz-Security-Token") or self.query.get("x-amz-security-token") or [""]
        return header or given[0]

    def left_out(self) -> bool:
        """True when a header is not signed that says what is done: the operation of a JSON protocol, and for S3, as
        there, every one of Amazon's, such as the source of a copy."""
        if isinstance(self.parts, OldLink):
            return False  # version 2 has all of them in what it signs
        covered = str(self.parts.signed_headers).lower().split(";")
        asked = "x-amz-" if self.service.startswith("s3") else "x-amz-target"
        told = [name for name in self.headers if name.startswith(asked)]
        return any(name not in covered and name not in PROVEN for name in told)


def read(
    method: str, path: str, query: Mapping[str, Sequence[str]], headers: Mapping[str, str]
) -> Signed | tuple[str, str]:
    """What signs the request; AWS's code and message for a signature that is not whole."""
    sigv4 = _sigv4()
    if is_old_link(query):
        return Signed(method, path, query, headers, OldLink(*(query[name][0] for name in OLD)), presigned=True)
    presigned = "X-Amz-Signature" in query
    parts = sigv4.parse_query_signature(query) if presigned else sigv4.parse_header_signature(headers)
    if isinstance(parts, tuple):
        return parts
    return Signed(method, path, query, headers, parts, presigned)


def late(signed: Signed) -> str:
    """Why the request came too long after, or before, it was signed; empty in time. The clock is the machine's."""
    sigv4 = _sigv4()
    parts, now = signed.parts, datetime.datetime.now(datetime.UTC)
    if isinstance(parts, OldLink):
        return "" if parts.expires.isdecimal() and int(parts.expires) >= now.timestamp() else "Request has expired"
    if not signed.presigned:
        failure = sigv4.request_time_failure(parts, now=now)
        return str(failure[1]) if failure else ""
    try:
        seconds = int((signed.query.get("X-Amz-Expires") or ["900"])[0])
        expired = sigv4.presigned_request_is_expired(parts.amz_date, seconds, now=now)
        ahead = sigv4.presigned_request_is_expired(parts.amz_date, -900, now=now)
    except (ValueError, OverflowError):
        return "The date or the expiry of the query string is not valid."
    if not 0 < seconds <= 604_800:
        return "X-Amz-Expires must be less than a week (in seconds)"
    return "Request has expired" if expired else "" if ahead else "Request is not valid yet"


def matches(signed: Signed, secret: str, body: bytes) -> bool:
    """True when the signature is the one that the secret makes."""
    if isinstance(signed.parts, OldLink):
        return hmac.compare_digest(_old_signature(signed, secret).encode(), signed.parts.signature.encode())
    if signed.parts.date_stamp != signed.parts.amz_date[:8]:
        return False
    if _computed(signed, signed.path, secret, body):
        return True
    plain = quote(unquote(signed.path), safe="/-_.~")  # clients that sign one spelling of a path and send another
    return plain != signed.path and _computed(signed, plain, secret, body)


def chunks_match(signed: Signed, secret: str, body: bytes) -> bool:
    """True when each chunk of a streamed body has its signature."""
    sigv4 = _sigv4()
    parts = signed.parts
    key = _signing_key(secret, parts.date_stamp, parts.region, parts.service)
    return bool(sigv4._chunk_signatures_match(body, parts.signature, parts, key))


def issued(access_key_id: str, token: str) -> Keys | str | None:
    """The keys that STS or IAM gave out, with the account as their access key; `expired` for a session that has ended,
    None for keys that they do not know."""
    from ministack.core import iam_evaluator
    from ministack.core.iam_evaluator import ResolvedCredential
    from ministack.services import sts

    session = sts._sessions.get(access_key_id)
    if session is not None:
        account = session.get("AccountId") or str(session.get("Arn", "")).split(":")[4:5][0]
    else:
        try:
            account = iam_evaluator.find_iam_access_key_account(access_key_id)
        except iam_evaluator.AmbiguousAccessKeyError:
            return None
    if not account:
        return None
    found = iam_evaluator.resolve_credential(access_key_id, account, token)
    if isinstance(found, ResolvedCredential):
        return Keys(found.account_id, found.secret_access_key, found.session_token or "")
    return "expired" if "Expired" in found.code else None


def _old_signature(signed: Signed, secret: str) -> str:
    from botocore.auth import HmacV1Auth
    from botocore.compat import HTTPHeaders
    from botocore.credentials import Credentials
    from ministack import app

    bucket = app._extract_s3_vhost_bucket(signed.headers.get("host", ""))
    resource = f"/{bucket}{signed.path}" if bucket else signed.path
    query = {name: values for name, values in signed.query.items() if name not in OLD}
    amazon = {name.lower(): values[0] for name, values in query.items() if name.lower().startswith("x-amz-")}

    class LinkAuth(HmacV1Auth):  # type: ignore[misc]
        def _get_date(self) -> str:
            return str(signed.parts.expires)  # a link has its end in the place of the date

    auth = LinkAuth(Credentials(signed.access_key_id, secret))
    split = urlsplit(f"{signed.path}?{urlencode(query, doseq=True, quote_via=quote)}")
    said = {name: value for name, value in signed.headers.items() if name != "date"}
    headers = HTTPHeaders.from_dict({**amazon, **said})  # what is sent is what is kept
    text = auth.canonical_string(signed.method, split, headers, auth_path=resource)
    return str(auth.sign_string(text))


@cache
def _sigv4() -> Untyped:
    from ministack.core import sigv4

    return sigv4


def _computed(signed: Signed, path: str, secret: str, body: bytes) -> bool:
    sigv4, parts = _sigv4(), signed.parts
    if path == "/" and not signed.query and parts.region_set is None:
        text = _plain_text(signed, body)  # every call of a JSON protocol
    else:
        _, text = sigv4.header_signing_documents(
            parts, signed.method, path, signed.query, signed.headers, body, presigned=signed.presigned
        )
    if parts.region_set is not None:
        return bool(sigv4.sigv4a_signature_matches(parts.access_key_id, secret, text, parts.signature))
    key = _signing_key(secret, parts.date_stamp, parts.region, parts.service)
    made = hmac.digest(key, text.encode("utf-8"), "sha256").hex()
    return hmac.compare_digest(made.encode(), parts.signature.encode())


def _plain_text(signed: Signed, body: bytes) -> str:
    """The string to sign of a request for `/` without a query, as `header_signing_documents` makes it."""
    parts, headers = signed.parts, signed.headers
    names = [name for name in str(parts.signed_headers).split(";") if name]
    lines = [f"{name.lower()}:{' '.join(headers.get(name.lower(), '').split())}\n" for name in names]
    digest = headers.get("x-amz-content-sha256") or hashlib.sha256(body).hexdigest()
    canonical = f"{signed.method}\n/\n\n{''.join(lines)}\n{parts.signed_headers}\n{digest}"
    scope = f"{parts.date_stamp}/{parts.region}/{parts.service}/aws4_request"
    return f"AWS4-HMAC-SHA256\n{parts.amz_date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


@lru_cache(maxsize=256)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    sigv4 = _sigv4()
    key: bytes = sigv4.derive_signing_key(secret, date, region, service)
    return key
