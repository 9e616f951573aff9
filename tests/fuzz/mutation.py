"""More input from input that was drawn: drawing takes longer than most parsers, so a long run draws a part and alters it."""

import random
import re
from collections.abc import Sequence
from typing import Any

from tests.fuzz.strategies import ODD_NUMBERS

LONGEST = 20_000  # what grows with each change would grow without end
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def altered(value: Any, pool: Sequence[Any], chance: random.Random) -> Any:
    """The value with one of its parts changed; its type stays, and so do the first texts of a tuple."""
    if isinstance(value, str):
        others = [other for other in (chance.choice(pool),) if isinstance(other, str)]
        return _text(value, others[0] if others else value, chance)[:LONGEST]
    if isinstance(value, bytes):
        other = chance.choice(pool)
        other = other if isinstance(other, bytes) else value
        return _text(value.decode("latin-1"), other.decode("latin-1"), chance)[:LONGEST].encode("latin-1", "replace")
    if isinstance(value, tuple):
        last = altered(value[-1], [other[-1] for other in pool if isinstance(other, tuple)] or [value[-1]], chance)
        return (*value[:-1], last)
    if isinstance(value, dict) and value:
        key = chance.choice(list(value))
        return {**value, key: _odd(value[key], chance)}
    if isinstance(value, list) and value:
        place = chance.randrange(len(value))
        return [*value[:place], altered(value[place], value, chance), *value[place + 1 :]]
    return value


def _text(text: str, other: str, chance: random.Random) -> str:
    places = list(_NUMBER.finditer(text))
    if places and chance.random() < 0.2:
        new = chance.choice(ODD_NUMBERS)
        return _NUMBER.sub(lambda _: new, text)
    if places and chance.random() < 0.4:
        place = chance.choice(places)
        return text[: place.start()] + chance.choice(ODD_NUMBERS) + text[place.end() :]
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.randrange(12))
    at = chance.randrange(len(other) + 1)
    return text[:start] + chance.choice(["", text[start:end] * 2, other[at : at + chance.randrange(40)]]) + text[end:]


def _odd(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict | list) and value and chance.random() < 0.8:
        return altered(value, [value], chance) if isinstance(value, dict) else [_odd(item, chance) for item in value]
    odd = [*ODD_NUMBERS, None, True, [], {}, 0, -1, 1e308, 2**63, 10**30, [value], {"a": value}]
    return chance.choice(odd)
