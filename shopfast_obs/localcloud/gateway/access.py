"""Who may pass the door of an AWS API: who signs with credentials of this cloud, and nobody through a foreign page."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from shopfast_obs.localcloud.gateway import host_and_origin
from shopfast_obs.localcloud.gateway.credentials import Credentials, Keys
from shopfast_obs.localcloud.log_limit import Tally
from shopfast_obs.localcloud.ministack.http import signatures, unsigned_requests
from shopfast_obs.localcloud.ministack.http.signatures import CHUNKED, OTHER_CHUNKS, Signed
from shopfast_obs.localcloud.protocol.errors import S3, protocol_of
from shopfast_obs.localcloud.protocol.routing import Head
from shopfast_obs.localcloud.protocol.wire import CBOR, JSON, QUERY, REST, AwsError

ADVICE = (
    'This is a local cloud with credentials of its own. Take them into your shell: eval "$(shopfast-obs cloud env)"'
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a caller is refused: the code and status that AWS's protocols have for it, and AWS's sentence."""

    name: str
    codes: Mapping[str, tuple[str, int]]
    sentence: str


def _reason(name: str, codes: str, sentence: str = "", status: int = 403) -> Reason:
    """The codes of the query protocols, of JSON's and of S3; JSON's services answer 400 to what others call 403."""
    query, json, s3 = codes.split()
    by_protocol = {QUERY: (query, status), S3: (s3, status), REST: (json, 403), JSON: (json, 400), CBOR: (json, 400)}
    return Reason(name, by_protocol, sentence)


UNSIGNED = _reason(
    "not signed",
    "MissingAuthenticationToken MissingAuthenticationTokenException AccessDenied",
    "Request is missing Authentication Token.",
)
UNKNOWN = _reason(
    "unknown credentials",
    "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId",
    "The security token included in the request is invalid.",
)
MISMATCH = _reason(
    "wrong signature",
    "SignatureDoesNotMatch InvalidSignatureException SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method.",
)
LATE = _reason("signed too long ago", "SignatureDoesNotMatch InvalidSignatureException RequestTimeTooSkewed")
EXPIRED_LINK = _reason("expired link", "SignatureDoesNotMatch InvalidSignatureException AccessDenied")
EXPIRED = _reason(
    "expired session",
    "ExpiredToken ExpiredTokenException ExpiredToken",
    "The security token included in the request is expired.",
)
BROKEN = _reason(
    "incomplete signature", "IncompleteSignature IncompleteSignatureException AuthorizationHeaderMalformed", status=400
)
PAGE = _reason(
    "foreign page",
    "AccessDenied AccessDeniedException AccessDenied",
    "A page of another site may not call the APIs of the local cloud.",
)

LEFT_OUT = _reason(
    "headers not signed",
    "IncompleteSignature IncompleteSignatureException AccessDenied",
    "There were headers present in the request which were not signed.",
)


class Guard:
    """Admits requests to AWS's APIs or raises the refusal; `refused` counts the reasons and who they were told to."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self.refused = Tally(_LOG)

    def refuse(self, head: Head, reason: Reason, sentence: str = "") -> AwsError:
        """The error to raise, counted."""
        who = (
            f"{head.method} {head.service or 'unsigned'} {head.operation or head.path} by {head.access_key or 'nobody'}"
        )
        self.refused.note(reason.name, f"{who}, {head.headers.get('user-agent', '')}")
        protocol = protocol_of(head)
        code, status = reason.codes.get(protocol) or reason.codes[QUERY]
        return AwsError(code, f"{sentence or reason.sentence} {ADVICE}", status)

    def page(self, head: Head) -> None:
        """Raises for a request that a page of another site makes."""
        if not host_and_origin.fetch_is_welcome(head.headers):
            raise self.refuse(head, PAGE)

    def signer(self, head: Head, path: str) -> tuple[Signed, Keys]:
        """Who signed the request, by its head alone; raises for nobody, for strangers, and too late."""
        if not _claims_signature(head):
            raise self.refuse(head, UNSIGNED)
        signed = signatures.read(head.method, path, head.query, head.headers)
        if not isinstance(signed, Signed):
            raise self.refuse(head, BROKEN, signed[1])
        if not signed.presigned:
            self.page(head)
        if signed.left_out():
            raise self.refuse(head, LEFT_OUT)
        keys = self._credentials.known(signed.access_key_id, signed.token)
        given = keys or signatures.issued(signed.access_key_id, signed.token)
        if given is None:
            raise self.refuse(head, UNKNOWN)
        if not isinstance(given, Keys):
            raise self.refuse(head, EXPIRED)
        late = signatures.late(signed)
        if late:
            raise self.refuse(head, EXPIRED_LINK if signed.presigned else LATE, late)
        return signed, given

    def verify(self, head: Head, signed: Signed, keys: Keys, body: bytes | None) -> None:
        """Raises unless the signature is right. `body` is None for one that is too large to be held: S3's clients sign
        its digest with the head."""
        secret = keys.secret_access_key
        if signed.presigned and unsigned_requests.takes_for_another(head, body, signed.service):
            raise self.refuse(head, LEFT_OUT)
        if not signatures.matches(signed, secret, body or b""):
            raise self.refuse(head, MISMATCH)
        said = signed.headers.get("x-amz-content-sha256", "")
        if body is None or not said:
            return
        if said.startswith(OTHER_CHUNKS):
            raise self.refuse(head, BROKEN, "Chunks that are signed with ECDSA cannot be checked here.")
        if said.startswith(CHUNKED) and not signatures.chunks_match(signed, secret, body):
            raise self.refuse(head, MISMATCH)
        if _DIGEST.fullmatch(said) and not hmac.compare_digest(said, hashlib.sha256(body).hexdigest()):
            sentence = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise self.refuse(head, MISMATCH, sentence)


def _claims_signature(head: Head) -> bool:
    by_header = head.headers.get("authorization", "").startswith("AWS4-")
    return by_header or "X-Amz-Signature" in head.query or signatures.is_old_link(head.query)
