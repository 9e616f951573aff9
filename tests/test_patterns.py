"""A pattern that is compiled late is one that was compiled at once."""

import re

import pytest

from shopfast_obs.patterns import late

WORDS = "b=2, A=1, c=3"


def test_it_does_what_the_compiled_one_does() -> None:
    """Every method and fact, asked first and asked again."""
    ready = re.compile(r"(?P<name>[a-z])=(\d)", re.IGNORECASE)
    for _ in range(2):
        lazy = late(r"(?P<name>[a-z])=(\d)", re.IGNORECASE)
        assert [m.groups() for m in lazy.finditer(WORDS)] == [m.groups() for m in ready.finditer(WORDS)]
        assert lazy.findall(WORDS) == ready.findall(WORDS)
        assert lazy.sub(r"\2", WORDS) == ready.sub(r"\2", WORDS)
        assert lazy.split(WORDS) == ready.split(WORDS)
    for name in ("pattern", "flags", "groups", "groupindex"):
        assert getattr(late(ready.pattern, re.IGNORECASE), name) == getattr(ready, name)
    assert late("a").match("ab") and late("b").search("ab") and not late("a").fullmatch("ab")


def test_what_a_pattern_has_not_it_has_not() -> None:
    """A name with a mistake in it is told as for every object, and what is no pattern when it is used."""
    with pytest.raises(AttributeError):
        late("a").serach("a")  # type: ignore[attr-defined]
    wrong = late("(")
    with pytest.raises(re.error):
        wrong.search("a")
