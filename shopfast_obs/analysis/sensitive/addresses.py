"""Passwords in addresses: `scheme://user:password@host`, and tokens that stand for both."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.analysis.sensitive.values import is_random, is_reference
from shopfast_obs.patterns import late

Span = tuple[int, int, str]
_PASSWORD = late(
    r"(?:(?<=://)|(?<=:\\/\\/))([^\s/?#\"'<>@:\\]{0,128}+):(?:([^\s/?#\"'<>\\]{1,256})|(?!\d{1,5}/)([^\s\"'<>@\\]{1,256}))@(?=[\w\[.$-])"
)
_TOKEN = late(r"(?<=://)([^\s/?#\"'<>@:\\]{8,256}+)@(?=[\w\[.-])")
_JDBC = late(r"jdbc:oracle:thin:[^\s/@]{1,100}/([^\s@]{1,200})@")
_PGPASS = late(
    r"(?m)(?<![^\s\"'])(?:[A-Za-z0-9][\w.-]{0,254}|\*):(?:\d{2,5}|\*):[A-Za-z*][^\s:]{0,63}:[A-Za-z*][^\s:]{0,63}:([^\s:]{4,256})[ \t]{0,8}$"
)
_USER_PASSWORD = frozenset(("password", "secret", "token"))


def password_files(text: str) -> Iterator[Span]:
    """Where passwords stand in the lines of a `.pgpass` file."""
    for match in _PGPASS.finditer(text):
        if not is_reference(match[1]):
            yield match.start(1), match.end(1), "named secret"


def spans(text: str) -> Iterator[Span]:
    """Where passwords stand in addresses."""
    if "@" not in text:
        return
    for match in _PASSWORD.finditer(text):
        group = 2 if match[2] else 3
        if match[group].lower() in _USER_PASSWORD or not is_reference(match[group]):
            yield match.start(group), match.end(group), "URL password"
            if is_random(match[1]) and len(match[1]) >= 16:
                yield match.start(1), match.end(1), "URL password"
    for match in _TOKEN.finditer(text):
        if is_random(match[1]) and len(match[1]) >= 16:
            yield match.start(1), match.end(1), "URL password"
    for match in _JDBC.finditer(text) if "jdbc:oracle" in text else ():
        yield match.start(1), match.end(1), "URL password"
