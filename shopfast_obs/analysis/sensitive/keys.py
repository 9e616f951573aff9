"""Private keys: whole, cut, escaped, in one line or in many."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.patterns import late

Span = tuple[int, int, str]
LONGEST = 32_768  # characters of one key
_BEGIN = late(r"-{4,5} ?BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_END = late(r"-{4,5} ?END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_FRAME = late(r"-{4,5} ?(BEGIN|END) (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_BACKWARDS = late(r"(?:(?:\s|n\\{1,8}|[rn]\\){0,4}[A-Za-z0-9+/=]{16,100}(?![A-Za-z0-9+/=]))*")
_BODY = late(
    r"(?:\\{1,8}[nr]|\\{1,8}u000[ad]|%0[AD]|[ \t\r\n]|[A-Za-z0-9+/=_-]{1,100}+|Proc-Type: \S+|DEK-Info: \S+|Version: [^\n]{0,60}|Comment: [^\n]{0,60}|[\"',+\\])"
)
_PREFIXED = late(r"[^\n]{0,80}?[\s\]|:\"](?=[A-Za-z0-9+/=]{24})[A-Za-z0-9+/=]{24,200}")  # what a log puts before
_BARE = late(  # how the DER of a private key begins: PKCS#1, PKCS#8, SEC 1, OpenSSH
    r"(?<![A-Za-z0-9+/])(?:MII[A-Za-z0-9+/]{3}IBA[A-Za-z0-9+/]{20,}|MIG[A-Za-z0-9+/]AgEAMBMGByqGSM49[A-Za-z0-9+/]{20,}|MHcCAQEE[A-Za-z0-9+/]{20,}"
    r"|MIGkAgEBB[A-Za-z0-9+/]{20,}|MC4CAQAwBQYDK2V[A-Za-z0-9+/]{20,}|b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{4,})[A-Za-z0-9+/=\r\n]{0,32768}"
)
_PUTTY = late(r"Private-Lines: \d{1,4}((?:\s{1,4}[A-Za-z0-9+/=]{1,80}){1,400})")
_LINE = late(
    r"(?:[^\n]{0,80}?[\s\]|:](?=[A-Za-z0-9+/=]{24}))?([A-Za-z0-9+/=]{24,200}|[A-Za-z0-9+/]{0,60}={1,2}|[A-Za-z0-9+/]{4,100}|Proc-Type: .{1,60}|DEK-Info: .{1,100}|)\s*\Z"
)


def spans(text: str) -> Iterator[Span]:
    """Where private keys stand, up to their last line."""
    if "PRIVATE KEY" in text:
        yield from _framed(text)
    for match in _BARE.finditer(text) if "M" in text or "b3Blb" in text else ():
        yield match.start(), match.end(), "private key"
    for match in _PUTTY.finditer(text) if "Private-Lines" in text else ():
        yield match.start(1), match.end(1), "private key"


def _framed(text: str) -> Iterator[Span]:
    at = 0
    while match := _FRAME.search(text, at):
        if match[1] == "BEGIN":
            start, after = match.start(), _end(text, match.end())
        else:
            before = _BACKWARDS.match(text[at : match.start()][: -LONGEST - 1 : -1])
            start, after = match.start() - (len(before[0]) if before else 0), match.end()
        yield start, after, "private key"
        at = after


def _end(text: str, at: int) -> int:
    ended = _END.search(text, at, at + LONGEST)
    if ended:
        return ended.end()
    limit = min(len(text), at + LONGEST)
    while at < limit and (match := _BODY.match(text, at) or _PREFIXED.match(text, at)):
        at = match.end()
    return at


def opens(text: str) -> bool:
    """True when a private key begins in this line and goes on in the next."""
    last = None
    for last in _BEGIN.finditer(text) if "PRIVATE KEY" in text else ():  # noqa: B007
        pass
    return last is not None and not _END.search(text, last.end())


def closes(text: str) -> bool:
    """True when a private key ends in this line that began in one before."""
    ended = _END.search(text) if "PRIVATE KEY" in text else None
    return ended is not None and not _BEGIN.search(text, 0, ended.start())


def body(text: str) -> tuple[int, int] | None:
    """What of a line can be the middle of a private key."""
    match = _LINE.match(text[:512].rstrip("\n")) if len(text) < 512 else None
    return match.span(1) if match else None
