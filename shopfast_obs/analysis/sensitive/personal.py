"""Data about people: e-mail addresses, card numbers, IBANs."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.patterns import late

Span = tuple[int, int, str]
KINDS = ("e-mail address", "card number", "IBAN", "telephone number")
_MAIL = late(
    r"(?<![\w.+%@/-])([A-Za-z0-9][\w.+%'-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}"
    r"(?!(?:png|jpe?g|gif|svg|webp|ico|js|mjs|css|py|json|ya?ml|html?|lock|txt|zip|tgz)\b)[A-Za-z]{2,24})(?![\w-])"
)
_CARD = late(
    r"(?<![\w.-])((?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2}|35\d{2}|62\d{2})(?:[ -]?\d{4}){3}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}|3(?:0[0-5]|[68]\d)\d[ -]?\d{6}[ -]?\d{4})"
    r"(?![\w-]|\.\d)"
)
_IBAN = late(r"\b([A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?))\b")
_NUMBER = late(r"[2-6]\d{3}[ -]?\d{4}(?:[ -]?\d){5}")
_COUNTRY = late(r"[A-Z]{2}\d{2} ?[A-Z0-9]{4}")
_PHONE = late(
    r"(?:\+(?<![\w.:+/-]\+)[1-9]\d{0,2}(?:[ .-]?\(?\d{1,5}\)?){2,6}|\((?<![\w.:+/-]\()\d{3}\) \d{3}-\d{4})(?![\w-]|[.:]\d)"
)
_HOSTS = ("git@", "noreply@github.com")


def spans(text: str) -> Iterator[Span]:
    """Where data about people stand."""
    if "@" in text:
        for match in _MAIL.finditer(text):
            if not match[0].startswith(_HOSTS):
                yield match.start(), match.end(), "e-mail address"
    if _NUMBER.search(text):
        for match in _CARD.finditer(text):
            if luhn(match[0]):
                yield match.start(), match.end(), "card number"
    if "+" in text or ") " in text:
        for match in _PHONE.finditer(text):
            if 8 <= sum(letter.isdigit() for letter in match[0]) <= 15:
                yield match.start(), match.end(), "telephone number"
    if _COUNTRY.search(text):
        for match in _IBAN.finditer(text):
            if iban(match[0].replace(" ", "")):
                yield match.start(), match.end(), "IBAN"


def luhn(number: str) -> bool:
    """Whether the check digit of a card number is right."""
    digits = [int(letter) for letter in number if letter.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + doubled) % 10 == 0


def iban(text: str) -> bool:
    """Whether the check digits of an account number are right."""
    moved = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1
