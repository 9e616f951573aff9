"""Personal data and secrets in a text, masked: what a log should not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of data. `masked` shows what it is without giving it away; `secret` tells a key from a person."""

    kind: str
    masked: str
    secret: bool


def find(text: str) -> Iterator[Hit]:
    """Everything of its kind in a text; quick to say no."""
    for kind, secret, sign, pattern, accept, mask in _KINDS:
        if sign(text):
            for match in pattern.finditer(text):
                if accept(match[match.lastindex or 0]):
                    yield Hit(kind, mask(match[match.lastindex or 0]), secret)


def masked(text: str) -> str:
    """The text without what it should not hold."""
    for _, _, sign, pattern, accept, mask in _KINDS:
        if sign(text):
            text = pattern.sub(lambda match, accept=accept, mask=mask: _covered(match, accept, mask), text)  # type: ignore[misc]
    return text


def _covered(match: re.Match[str], accept: Callable[[str], bool], mask: Callable[[str], str]) -> str:
    value = match[match.lastindex or 0]
    return match[0].replace(value, mask(value)) if accept(value) else match[0]


def _luhn(number: str) -> bool:
    digits = [int(letter) for letter in number if letter.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return len(set(digits)) > 2 and (sum(digits[-1::-2]) + doubled) % 10 == 0


def _iban(text: str) -> bool:
    moved = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _any(_: str) -> bool:
    return True


TRIES = 2_000  # of values with a checksum, one in ten or in a hundred is right
_PLACEHOLDER = re.compile(r"(?i)\**|x+|null|none|true|false|undefined|masked|\[?redacted\]?|string")


def _real(value: str) -> bool:
    """No placeholder, no reference and no kind of thing instead of the thing."""
    return not _PLACEHOLDER.fullmatch(value) and not value.startswith(("arn:", "${", "{{", "<"))


def _mask_mail(value: str) -> str:
    name, _, host = value.partition("@")
    return f"{name[:1]}***@{host[:1]}***.{host.rpartition('.')[2]}"


def _mask_number(value: str) -> str:
    return f"************{''.join(c for c in value if c.isdigit())[-4:]}"


def _mask_rest(value: str) -> str:
    return f"{value[:4]}***" if len(value) > 8 else "***"


def _mask_all(_: str) -> str:
    return "***"


def _has(*signs: str) -> Callable[[str], bool]:
    return lambda text: any(sign in text for sign in signs)


_NAMED = (
    r"(?i)(?<![\w-])(?:password|passwd|pwd|client_?secret|secret_?(?:access_?)?key|api_?key|access_?token|auth_?token"
    r"|refresh_?token|private_?key)[\"']?\s*[:=]\s*[\"']?([^\s\"',;}{&]{6,})"
)
_DIGITS = re.compile(r"\d{4}[ -]?\d{4}")
_WORDS = re.compile(r"(?i)passw|pwd|secret|api_?key|token|private_?key")
_MAIL = r"(?<![\w.+%-])([A-Za-z0-9][\w.+%-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})(?![\w-])"
_CARD = (
    r"(?<![\w.-])((?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2})(?:[ -]?\d{4}){3}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})"
    r"(?![\w-]|\.\d)"
)
_KEY = r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)"
_JWT = r"\b(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})"
_Kind = tuple[str, bool, Callable[[str], object], re.Pattern[str], Callable[[str], bool], Callable[[str], str]]
_KINDS: tuple[_Kind, ...] = (
    ("e-mail address", False, _has("@"), re.compile(_MAIL), _any, _mask_mail),
    ("card number", False, _DIGITS.search, re.compile(_CARD), _luhn, _mask_number),
    ("IBAN", False, _DIGITS.search, re.compile(r"\b([A-Z]{2}\d{2}[A-Z0-9]{11,30})\b"), _iban, _mask_rest),
    ("AWS access key", True, _has("AKIA", "ASIA"), re.compile(r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"), _any, _mask_rest),
    ("JSON web token", True, _has("eyJ"), re.compile(_JWT), _any, _mask_rest),
    ("private key", True, _has("PRIVATE KEY-----"), re.compile(_KEY), _any, _mask_all),
    ("bearer token", True, _has("earer "), re.compile(r"\b[Bb]earer ([\w.~+/-]{16,}=*)"), _real, _mask_rest),
    ("named secret", True, _WORDS.search, re.compile(_NAMED), _real, _mask_all),
)


def stand_in(text: str, *, whole: bool = False) -> str:
    """The text with other data of the same kind in the place of what it should not hold: `find` gives the same of it.
    With `whole` all of the text is a secret."""
    changed = text
    for _, _, sign, pattern, accept, mask in _KINDS:
        if sign(changed):
            changed = pattern.sub(lambda match, accept=accept, mask=mask: _another(match, accept, mask), changed)  # type: ignore[misc]
    if whole and changed == text and not _reference(text):
        return "".join(_letter(letter, 0) for letter in text)
    return changed


def _reference(text: str) -> bool:
    """True for what names a secret instead of being one."""
    return text.startswith(("arn:", "{{", "${", "/", "http://", "https://")) or not _real(text)


def _another(match: re.Match[str], accept: Callable[[str], bool], mask: Callable[[str], str]) -> str:
    value = match[match.lastindex or 0]
    if not accept(value):
        return match[0]
    for kept in _kept(value):
        for attempt in range(TRIES):
            twin = "".join(
                letter if place in kept else _letter(letter, attempt // 10 ** (place % 4))
                for place, letter in enumerate(value)
            )
            changed = match[0].replace(value, twin)
            if accept(twin) and mask(twin) == mask(value) and match.re.fullmatch(changed):
                return changed
    return match[0].replace(value, mask(value))


def _kept(value: str) -> Iterator[frozenset[int]]:
    """What of a value may have to stay, so that it is still one of its kind and shown as before."""
    first, last = range(4), range(len(value) - 4, len(value))
    yield frozenset(first)
    yield frozenset({*first, *last})
    at = value.find("@")
    yield frozenset({0, at + 1, *range(value.rfind("."), len(value))})
    parts = (place + more for place in range(len(value)) for more in range(3) if value.startswith("eyJ", place))
    yield frozenset({*first, *parts})


def _letter(letter: str, turn: int) -> str:
    """Another letter of the same class."""
    if letter.isdigit():
        return "0123456789"[turn % 10]
    if letter.isalpha():
        return ("abcdefghjk" if letter.islower() else "ABCDEFGHJK")[(turn + 3) % 10]
    return letter
