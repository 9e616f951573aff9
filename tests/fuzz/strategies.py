"""Input that is nearly right: examples that were damaged, words of a grammar in any order, JSON with known keys."""

import json
import re
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

ODD = [
    "",
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "\u202e",
    "é",
    "𝒳",
    "\r\n",
    "'",
    '"',
]
# What patterns take for numbers and conversions do not, and numbers that no date, size or count can be.
ODD_NUMBERS = [*["...", "1.2.3"] * 3, ".", "-", "", "NaN", "Infinity", "-1", "0", "1e999", "1e308", "-1e308", "1e18", "9" * 400, "9" * 5000,
               "٣", "²", "1_000", "0x1f", "1,5", "00", "253402300800", "1e-320", "99999999999999999999", "true", "null"]  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNIT = re.compile(r"\b(?:ms|MB|seconds|Duration|Size|s|m|h|d)\b")
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text(max_size=8)
    | st.sampled_from(["x" * 300, "-0", *ODD_NUMBERS, 1e308, -1e308, 1e18, 2**63])
)


def damaged(examples: Sequence[str]) -> st.SearchStrategy[str]:
    """An example with up to four pieces cut out, doubled, or replaced by a piece of another or by something odd."""

    @st.composite
    def damage(draw: st.DrawFn) -> str:
        text = draw(st.sampled_from(examples))
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, len(text)))
            end = draw(st.integers(start, min(len(text), start + 12)))
            other = draw(st.sampled_from(examples))
            at = draw(st.integers(0, len(other)))
            piece = draw(st.sampled_from(["", text[start:end] * 2, other[at : at + 12], *ODD]) | st.text(max_size=3))
            text = text[:start] + piece + text[end:]
        return text

    return damage()


def renumbered(examples: Sequence[str]) -> st.SearchStrategy[str]:
    """An example with some of its numbers and units replaced, or all: the sentence stays, what it measures is odd."""

    @st.composite
    def replaced(draw: st.DrawFn) -> str:
        text = draw(st.sampled_from(examples))
        for pattern, values in ((_NUMBER, ODD_NUMBERS), (_UNIT, ["s", "MB", "ms", "years", ""])):
            fate, new = draw(st.sampled_from(["none", "one", "all"])), draw(st.sampled_from(values))
            if fate == "all":
                text = pattern.sub(lambda _, new=new: new, text)
            places = list(pattern.finditer(text)) if fate == "one" else []
            if places:
                place = places[draw(st.integers(0, len(places) - 1))]
                text = text[: place.start()] + new + text[place.end() :]
        return text

    return replaced()


def nested(examples: Sequence[str]) -> st.SearchStrategy[str]:
    """An example in which a word stands in many brackets."""
    pairs = st.sampled_from(
        [("[", "]"), ("{a: ", "}"), ('{"a":', "}"), ("(", ")"), ("-", ""), ("!Ref ", ""), ("${", "}"), ("NOT ", "")]
    )

    @st.composite
    def wrapped(draw: st.DrawFn) -> str:
        text, (left, right) = draw(st.sampled_from(examples)), draw(pairs)
        words_ = list(re.finditer(r"\w+", text))
        word = words_[draw(st.integers(0, len(words_) - 1))]
        depth = draw(st.sampled_from([1, 3, 60, 300, 3000]))
        return text[: word.start()] + left * depth + word[0] + right * depth + text[word.end() :]

    return wrapped()


def words(vocabulary: Sequence[str]) -> st.SearchStrategy[str]:
    """Words of a grammar in any order."""
    return st.lists(st.sampled_from(vocabulary) | st.text(max_size=3), max_size=14).map(" ".join)


def phrases(examples: Sequence[str]) -> st.SearchStrategy[str]:
    """Text for a grammar of which these are sentences."""
    vocabulary = sorted({word for example in examples for word in example.split()})
    return damaged(examples) | renumbered(examples) | nested(examples) | words(vocabulary) | st.text(max_size=40)


def shaped(keys: Sequence[str], values: Sequence[Any] = ()) -> st.SearchStrategy[Any]:
    """JSON of any shape with these keys, and these values among others."""
    leaves = SCALARS | st.sampled_from(values) if values else SCALARS
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=5),
        max_leaves=10,
    )


def documents(*examples: Any) -> st.SearchStrategy[Any]:
    """JSON like these examples: some of their values replaced by anything, some keys missing."""
    keys = sorted({key for example in examples for key in _keys(example)})

    @st.composite
    def altered(draw: st.DrawFn) -> Any:
        return _altered(draw, draw(st.sampled_from(examples)), shaped(keys))

    return altered() | shaped(keys)


def bodies(*examples: Any) -> st.SearchStrategy[bytes]:
    """The same as bytes, sometimes damaged."""
    written = [json.dumps(example) for example in examples]
    texts = documents(*examples).map(json.dumps) | damaged(written) | renumbered(written)
    return texts.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=40) | st.just(b"[" * 5000)


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in _keys(inner)}
    return {key for inner in value for key in _keys(inner)} if isinstance(value, list) else set()


def _altered(draw: st.DrawFn, value: Any, anything: st.SearchStrategy[Any]) -> Any:
    fate = draw(st.integers(0, 11))
    if fate == 0:
        return draw(anything)
    if isinstance(value, dict):
        return {
            key: _altered(draw, inner, anything) for key, inner in value.items() if fate != 1 or draw(st.booleans())
        }
    if isinstance(value, list):
        return [_altered(draw, inner, anything) for inner in value]
    return value
