"""Suppressions as they are written down."""

from datetime import date
from typing import Any

import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.parse.suppressions import of_metadata, read

TODAY = date(2026, 6, 1)


def test_each_entry_says_rule_resource_reason_and_day() -> None:
    """A day may be a date or text; the day itself still counts."""
    entries = [
        {"rule": "a-*", "reason": "x", "until": date(2026, 6, 1)},
        {"rule": "b", "resource": "web", "until": "2026-05-31"},
    ]
    first, second = read(entries, "p.toml", TODAY, [3, 9])
    assert first.properties == {"Rule": "a-*", "Resource": "*", "Reason": "x", "Expired": False, "Until": "2026-06-01"}
    assert (second.properties["Expired"], second.properties["Reason"]) == (True, "")
    assert (first.name, first.file, second.lines) == ("p.toml, suppression 1", "p.toml", {"": 9})


def test_metadata_means_the_resource_that_it_stands_at() -> None:
    """Unless it says another one."""
    (found,) = of_metadata({"shopfast-obs": {"suppress": [{"rule": "a", "reason": "x"}]}}, "web", "t.yaml", 4, TODAY)
    assert (found.properties["Resource"], found.lines[""]) == ("web", 4)
    assert of_metadata({"aws:cdk:path": "x"}, "web", "t.yaml", 4, TODAY) == ()
    assert of_metadata(None, "web", "t.yaml", 4, TODAY) == ()


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("x", "must be a list"),
        ([3], "suppression 1 does not name its rule"),
        ([{"reason": "x"}], "does not name its rule"),
        ([{"rule": "a", "why": "x"}], "unknown key 'why'"),
        ([{"rule": "a", "until": "soon"}], "'soon' is no day"),
    ],
)
def test_what_cannot_be_understood_is_said(entries: Any, said: str) -> None:
    """With an example of how it is written."""
    with pytest.raises(UserError) as caught:
        read(entries, "p.toml", TODAY)
    assert said in caught.value.message
    assert "p.toml" in caught.value.message
