"""Whether a value can be a secret: no placeholder, no reference to one, no code that gets one, no sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shopfast_obs.analysis.sensitive.names import Level
from shopfast_obs.patterns import late

_PLACEHOLDER = late(
    r"(?i)(?:\*+|x{3,}|\.{3,}|#+|-+|_+|•+|null|none|nil|nan|true|false|yes|no|on|off|undefined|masked|redacted|hidden|removed"
    r"|filtered|scrubbed|omitted|secret|string|str|bytes|int|integer|number|object|any|text|empty|unset|default|required"
    r"|optional|inherit|sensitive|noecho|\(?sensitive value\)?|known after apply|n/?a|aws_iam|custom|todo|tbd|password|token|"
    r"your[-_ ][\w -]{1,40}|my[-_](?:password|secret|token|api[-_]?key))\Z"
)
_COVERED = late(
    r"(?i)[\[(<{*]{0,3}(?:redacted|masked|hidden|filtered|removed|secret|sensitive)\b[\w :.-]{0,60}[\])>}*]{0,3}\Z"
)
_STARS = late(r"[\w$-]{0,4}[*•]{3,}[\w$-]{0,4}\Z")
_REFERENCE = late(
    r"(?i)(?:arn:aws|\$\{|\{\{|\$\(|\$\[|%\{|#\{|<[\w .-]+>\Z|\{[\w.]*\}\Z|%\(?\w*\)?[sdr]\Z|\$[A-Z_][A-Z0-9_]*\Z|%[A-Z_]{3,}%\Z|!(?:Ref|Sub|GetAtt"
    r"|ImportValue|Join|FindInMap|Select)\b|(?:ssm|ssm-secure|secretsmanager|vault|op|file|env|aws-?sm|gcp-?sm|keyvault"
    r"|doppler|infisical|bao|sops|awssm)(?:://?|:)[\w/.-]|projects/[\w-]+/secrets/|@microsoft\.keyvault|alias/|resolve:|https?://[^\s?@]*\Z"
    r"|ENC\[|AWS::|Fn::)"
)
_PATH = late(r"(?:\.{0,2}/[A-Za-z_][\w.-]*)+/?\Z|[A-Za-z]:\\[\w\\. -]+\Z|[a-z][a-z0-9_.-]*(?:/[a-z][a-z0-9_.-]*)+\Z")
_CODE = late(
    r"(?:await\s+)?[A-Za-z_][A-Za-z_.]{2,}(?:\(|\[[\"'\\])|(?:self|cls|os|event|config|cfg|settings|process|args|kwargs|request"
    r"|req|body|payload|this|ctx|context|params|options|opts|env|environ|secrets|var|local|data|module|user|props|conf"
    r"|Optional|Union|SecretStr|std|session|response|resp|result|credentials|creds)"
    r"(?:\.[A-Za-z_][A-Za-z_0-9]{0,40})+\Z|(?:Optional|Union|List|Dict|list|dict|SecretStr|str)\b"
)
_SENTENCE = late(
    r"(?i)\b(?:must|is|are|was|were|required|should|not|invalid|cannot|too|least|characters|field|expired|missing|wrong"
    r"|incorrect|failed|please|enter|does|did|has|have|been|match|matches|mismatch|updated|changed|denied|for|found|rotated|the)\b"
)
_SAID = late(
    r"(?i)(?:required|invalid|missing|expired|must|is|was|are|not|wrong|incorrect|changed|updated|reset|valid|ok|failed|"
    r"set|unset|found|present|absent|error|denied|unknown|mismatch|rejected|accepted|created|deleted|rotated|revoked|refreshed|"
    r"unavailable|unauthorized|forbidden|bad|empty|too|enabled|disabled|supported|unsupported|encrypted|length|never|will|"
    r"should|cannot|can|the|a|an|no|for|from|in|of|to|and|or|with|by|at|on|as|if|see|use|using|rotation|validation|"
    r"successful|success|successfully|retrieved|loaded|fetched|cached|stored|saved|generated|received|verified|provided|exists)[.,:;!]?\Z"
)
_WORDLIKE = late(r"[A-Za-z]+(?:[-_ .][A-Za-z]+)*\Z")
_CHUNK = late(r"[A-Za-z0-9+/=!@#$%^*]+")
_TURN = late(r"[a-z][A-Z0-9]|[0-9][A-Za-z]|[A-Z]{2}[a-z]")
_UUID = late(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def is_reference(value: str) -> bool:
    """True for what names a secret, stands in for one, or was masked by somebody else."""
    return bool(
        not value
        or _PLACEHOLDER.match(value)
        or _REFERENCE.match(value)
        or _STARS.match(value)
        or _COVERED.match(value)
        or (_PATH.match(value) and not any(is_random(part) for part in re.split(r"[/\\]", value)))
    )


def is_code(value: str) -> bool:
    """True for an expression that gets the secret: a call, an attribute, a type."""
    return _CODE.match(value) is not None


def is_sentence(value: str) -> bool:
    """True for words about a secret, such as `must be at least 8 characters`."""
    spaces = value.count(" ")
    return (spaces >= 1 and _SENTENCE.search(value) is not None and not is_random(value)) or bool(_SAID.match(value))


def is_plain(value: str) -> bool:
    """True for words without a digit or a sign."""
    return len(value) < 20 and _WORDLIKE.match(value) is not None and not is_random(value)


def is_random(value: str) -> bool:
    """True when some part looks made by a machine: letters and digits mixed, or cases that change often."""
    if _UUID.match(value):
        return True
    for chunk in _CHUNK.findall(value):
        if len(chunk) >= 8:
            digits = sum(letter.isdigit() for letter in chunk)
            turns = len(_TURN.findall(chunk))
            if (0 < digits < len(chunk) and (turns >= 2 or (digits >= 2 and len(chunk) < 16))) or turns * 6 > len(
                chunk
            ) > 11:
                return True
    return False


def is_uuid(value: str) -> bool:
    """True for a UUID."""
    return _UUID.match(value) is not None


def is_secret(found: Level, value: str, *, quoted: bool, after: str = "") -> bool:
    """Whether a value whose name is this sure can be the secret itself."""
    shown = value[:4096].strip()
    if is_reference(shown) or is_sentence(shown) or (not quoted and is_code(shown + after)):
        return False
    if shown.isdigit():
        return len(shown) >= (3 if found is Level.STRONG else 9 if found is Level.WEAK else 8)
    if _NUMBER.match(shown):
        return False
    if found is Level.STRONG:
        return True
    if found is Level.FIRM:
        return len(shown) >= 6 and not is_plain(shown)
    return len(shown) >= 8 and is_random(shown) and not is_uuid(shown) and not _FILE.search(shown)


def spans_of_header(value: str) -> Iterator[tuple[int, int, str]]:
    """The credentials in the value of an authorization header, without the scheme."""
    if is_reference(value[:4096].strip()):
        return
    match = _SCHEME.match(value)
    if not match:
        return
    start, end = match.span(2)
    if is_reference(match[2]) or is_code(match[2] + value[end : end + 2]) or _SAID.match(match[2]):
        return
    scheme = (match[1] or "").strip().lower()
    kind = "bearer token" if scheme == "bearer" else "authorization header"
    if match[2] and (len(match[2]) >= 6):
        yield start, end, kind


def spans_of_cookies(value: str) -> Iterator[tuple[int, int]]:
    """The values of the cookies, without their names and without what says how long and where they are sent."""
    for match in _COOKIE.finditer(value[:16_384]):
        if (
            match[1].lower() not in _ATTRIBUTES
            and len(match[2]) >= 6
            and not is_reference(match[2])
            and is_likely(match[2])
        ):
            yield match.span(2)


def is_likely(value: str) -> bool:
    """False for one word of letters, such as a language."""
    return not is_plain(value)


_NUMBER = late(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:ms|s|%|[KMG]B|B)?\Z")
_FILE = late(r"\.[A-Za-z]{2,5}\Z")
_SCHEME = late(
    r"(?s)\s*((?:AWS4-[\w-]{1,40}|[A-Za-z][\w.-]{0,40})\s+)?"
    r"((?:[\w-]{1,60}=(?:\\{0,7}\"[^\"]{0,4096}\"|[^\s,;\"'\\]{0,4096})[,;]?\s{0,3}){1,40}|[^\s\"'\\,;{}\]<>]{1,16384})"
)
_COOKIE = late(r"([\w.$!#%*+^|~-]{1,128}+)=\"?([^;\s,\"'\\]{1,8192})")
_ATTRIBUTES = frozenset(["path", "domain", "expires", "max-age", "samesite", "version", "priority"])
_RUN = late(r"(?:[\w.$!#%*+^|~-]{1,128}+(?:=\"?[^;\s,\"'\\]{0,8192}\"?)?(?:;[ ]?)?){1,64}")


def end_of_header(text: str, at: int) -> int:
    """Where the value of an authorization header ends that has no quotes around it."""
    match = _SCHEME.match(text, at)
    return match.end() if match else at


def end_of_cookies(text: str, at: int) -> int:
    """Where cookies end that have no quotes around them."""
    match = _RUN.match(text, at)
    return match.end() if match else at
