"""A document within a number of characters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.errors import UserError
from shopfast_obs.mcp.bounds import LeftOut, part, plain

FINDINGS = [{"rule": f"rule-{n}", "evidence": [{"summary": "s" * 50}] * 4} for n in range(100)]
DIAGNOSIS = {"format": "diagnosis", "findings": FINDINGS, "gaps": [], "source": "a template"}


def size(value: object) -> int:
    """The characters of a JSON document."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def test_what_fits_is_whole() -> None:
    """Nothing is said to be missing."""
    assert part(DIAGNOSIS, "", 0, 100_000) == part(DIAGNOSIS, "", 0, size(DIAGNOSIS))
    assert part(DIAGNOSIS, "", 0, 100_000).value == DIAGNOSIS
    assert part(DIAGNOSIS, "", 0, 100_000).left_out == ()


def test_items_are_whole_and_their_rest_is_counted() -> None:
    """The first ones; small fields beside them stay."""
    found = part(DIAGNOSIS, "", 0, 3_000)
    shown = found.value["findings"]
    assert 3 < len(shown) < 100
    assert shown == FINDINGS[: len(shown)]
    assert found.value["source"] == "a template"
    assert found.left_out == (LeftOut("/findings", len(shown), 100),)


def test_the_rest_is_found_where_the_answer_says() -> None:
    """Page after page, each item once."""
    seen, offset = [], 0
    while offset < 100:
        found = part(DIAGNOSIS, "/findings", offset, 3_000)
        seen += found.value
        assert found.left_out in ((), (LeftOut("/findings", len(seen), 100),))
        offset += len(found.value)
    assert seen == FINDINGS


def test_an_item_that_is_too_large_is_shown_in_part() -> None:
    """And found by its pointer, also behind an offset."""
    lines = ["short", "long " * 1_000, "end"]
    found = part({"lines": lines}, "/lines", 1, 1_000)
    (text, items) = found.left_out
    assert (text.at, text.of) == ("/lines/1", 5_000)
    assert items == LeftOut("/lines", 2, 3)
    rest = part({"lines": lines}, text.at, text.shown, 10_000)
    assert found.value[0] + rest.value == lines[1]


def test_a_mapping_of_very_many_names_is_cut_like_a_list() -> None:
    """Its names alone would be too long."""
    services = {f"service/{n}": n for n in range(1_000)}
    found = part({"services": services}, "", 0, 2_000)
    (left,) = found.left_out
    assert (left.at, left.shown, left.of) == ("/services", len(found.value["services"]), 1_000)
    rest = part({"services": services}, left.at, left.shown, 100_000)
    assert {**found.value["services"], **rest.value} == services


def test_a_name_with_a_slash_is_written_as_a_pointer_has_it() -> None:
    """RFC 6901."""
    document = {"GET /orders": ["x" * 500, "y"], "a~b": 1}
    (left, _) = part(document, "", 0, 200).left_out
    assert left.at == "/GET ~1orders/0"
    assert part(document, "/GET ~1orders/1", 0, 200).value == "y"
    assert part(document, "/a~0b", 0, 200).value == 1


@pytest.mark.parametrize(
    ("at", "offset", "told"),
    [
        ("/nothing", 0, "no part '/nothing'"),
        ("/findings/100", 0, "no part '/findings/100'"),
        ("/findings/-1", 0, "no part"),
        ("findings", 0, "no JSON pointer"),
        ("/source/x", 0, "no part"),
        ("/count", 3, "has no items"),
    ],
)
def test_a_part_that_is_not_there(at: str, offset: int, told: str) -> None:
    """Says so, and what there is."""
    with pytest.raises(UserError, match=told):
        part({**DIAGNOSIS, "count": 5}, at, offset, 1_000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=30), inner, max_size=30),
    max_leaves=60,
)


@settings(max_examples=60, deadline=None)
@given(document=JSON, room=st.integers(1_000, 3_000))
def test_no_answer_is_longer_than_asked_for(document: Any, room: int) -> None:
    """Whatever the document is; and what is cut is said."""
    found = part(document, "", 0, room)
    assert size(found.value) <= room
    assert (found.value == document) == (not found.left_out)


def test_hidden_characters_are_seen() -> None:
    """Those that a reader cannot see, and a program can; lines, tabs and letters of any language stay."""
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "hi")
    assert plain({"a\u200b": [f"x{hidden}", "\u202edesrever", 7, None]}) == {
        "a\\u{200b}": ["x\\u{e0068}\\u{e0069}", "\\u{202e}desrever", 7, None]
    }
    assert plain("two\nlines\tgrüße 東京 \U0001f600") == "two\nlines\tgrüße 東京 \U0001f600"
