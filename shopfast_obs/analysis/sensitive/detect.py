"""Where secrets and personal data stand in a text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from shopfast_obs.analysis.sensitive import addresses, encoded, issuers, keys, pairs, personal, statements
from shopfast_obs.model.records import record
from shopfast_obs.patterns import late

Span = tuple[int, int, str]
STAND_IN = late(r"\[masked-([a-z-]{2,40}?)-\d{1,9}\]")
PERSONAL = frozenset(personal.KINDS)
_NAMES = (
    "pass", "pwd", "pswd", "psk", "secret", "mnemonic", "senha", "contrasena", "motdepasse", "cvv", "cvc", "token", "key", "cred", "jwt", "auth", "sig",
    "otp", "pin", "bearer", "cookie", "session", "code", "phrase", "pw", "kty", "ticket", "_pat", "-pat", "pat=", "pat\"", "\u00f1", "\u043f\u0430\u0440", "\u5bc6", "\u30d1\u30b9", "\ube44\ubc00", "\u0142", "\u015f", "\u00f6", "\u00f3", "passe", "ldap", " -w", "hmac", "saml", " -u", "--user", " -p", " -a", "identified",
)  # fmt: skip

_SCHEMES = ("bearer ", "basic ", "digest ", "negotiate ", "ntlm ", "apikey ", "api-key ")
_RUN = late(r"[A-Za-z0-9_.+/=:~$-]{20,}")
MOST_LETTERS = 2_000  # of a run that is remembered
_ID = "0123456789abcdef-:.TZ+"  # what UUIDs, digests, traces and times are made of


@record
class Hit:
    """One piece of data; `secret` tells a key from what is about a person."""

    kind: str
    secret: bool


def find(text: str) -> Iterator[Hit]:
    """Everything of its kind in a text, in order; what stands in for something counts as what it stands for."""
    for _, _, kind in spans(text):
        yield Hit(kind, kind not in PERSONAL)


def spans(text: str, depth: int = 0) -> list[Span]:
    """Where secrets and personal data stand: start, end and kind, in order, none within another."""
    if "\r" in text:  # Lambda writes an exception's line breaks so; the places of the letters stay
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    found = [] if "[masked-" not in text else [(m.start(), m.end(), _kind(m[1])) for m in STAND_IN.finditer(text)]
    runs = [run for run in _RUN.findall(text) if run.strip(_ID)]
    long = bool(runs)
    wanted, packed = frozenset[int](), False
    for run in runs:
        forms, holds = _clues(run) if len(run) < MOST_LETTERS else _clues.__wrapped__(run)
        wanted |= forms
        packed = packed or holds
    if long or "PRIVATE KEY" in text:
        found += keys.spans(text)
    if wanted:
        found += issuers.spans(text, wanted)
    if "://" in text or ":\\/" in text or "jdbc:" in text:
        found += addresses.spans(text)
    if text.count(":") >= 4:
        found += addresses.password_files(text)
    lower = text.lower()
    for name in _NAMES:
        if name in lower:
            found += pairs.spans(text)
            break
    found += statements.spans(text, lower)
    for name in _SCHEMES:
        if name in lower:
            found += issuers.schemes(text)
            break
    found += encoded.spans(text, depth, spans, long=packed)
    found += personal.spans(text)
    return merged(found) if found else found


@lru_cache(4096)
def _clues(run: str) -> tuple[frozenset[int], bool]:
    """Which forms of tokens a run can hold, and whether it can be text in base64. Most runs of a log, such as ARNs, return."""
    return issuers.places(run), encoded.is_packed(run)


def merged(found: list[Span]) -> list[Span]:
    """In order; what overlaps is one, of the kind that begins first."""
    every: list[Span] = []
    for start, end, kind in sorted(found, key=lambda span: span[0]):
        if every and start < every[-1][1]:
            first = every[-1]
            every[-1] = (first[0], max(first[1], end), first[2])
        else:
            every.append((start, end, kind))
    return every


def _kind(slug: str) -> str:
    return _SLUGS.get(slug, slug.replace("-", " "))


_SLUGS = {
    kind.lower().replace(" ", "-"): kind
    for kind in (
        *issuers.KINDS,
        *PERSONAL,
        "URL password",
        "private key",
        "named secret",
        "signed link",
        "cookie",
        "encoded secret",
    )
}
