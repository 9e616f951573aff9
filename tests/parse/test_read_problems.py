"""What could not be read, in one sentence."""

import json

from shopfast_obs.parse.logs import log_files
from shopfast_obs.parse.read_problems import MOST_REASONS, Unread
from shopfast_obs.parse.traces import document_size


def test_reasons_are_counted_with_their_first() -> None:
    """Against all that there was."""
    unread = Unread("a.json")
    for number in range(1200):
        unread.read()
        if number % 600 == 1:
            unread.add("no timestamp", number)

    assert unread.problem == "a.json: 2 of 1,200 lines could not be read: no timestamp (2, such as 1)"
    assert Unread("a.json").problem == ""


def test_reasons_are_bounded() -> None:
    """As many as there are lines would be no summary."""
    unread = Unread("a.json")
    for number in range(1000):
        unread.add(f"reason {number}")

    assert unread.problem.count(";") == MOST_REASONS
    assert "other reasons (980)" in unread.problem


def test_events_that_are_none_are_counted() -> None:
    """Those beside them are read."""
    good = {"timestamp": 1_800_000_000_000, "message": "m"}
    odd = [5, {"timestamp": "NaN", "message": "x"}, {"timestamp": 1, "message": 3}, {"timestamp": True, "message": "x"}]
    unread = Unread("a.json", "events")

    found = list(log_files.events("g", json.dumps({"events": [good, good, good, *odd]}).encode(), unread))

    assert [event.message for event in found] == ["m", "m", "m"]
    assert unread.problem.startswith("a.json: 4 of 7 events could not be read: ")


def test_a_document_of_too_many_values_is_known_before_it_is_decoded() -> None:
    """By its signs; a large text of few values is none."""
    assert document_size.too_many_values(b"[" + b"1," * document_size.MOST_VALUES + b"1]")
    assert not document_size.too_many_values(b'"' + b"x" * document_size.MOST_VALUES + b'"')
