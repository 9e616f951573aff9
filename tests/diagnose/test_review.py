"""Which findings are new, known, suppressed, or too small."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.engine import diagnose
from shopfast_obs.diagnose.review import Terms, baseline, read_baseline, review
from shopfast_obs.errors import UserError
from shopfast_obs.model.findings import Diagnosis, Severity
from shopfast_obs.model.resources import SUPPRESSION, Inventory, Resource
from tests.diagnose.builders import function


def diagnosis(*names: str) -> Diagnosis:
    """What a template of functions with defaults has."""
    return diagnose(Inventory("t", tuple(function(name) for name in names)))


def suppress(rule: str, resource: str = "*", reason: str = "because", *, expired: bool = False) -> Resource:
    """A suppression as it is read."""
    said = {"Rule": rule, "Resource": resource, "Reason": reason, "Expired": expired}
    return Resource(SUPPRESSION, f"{rule} {resource}", properties=said)


def test_a_baseline_makes_what_is_there_known_and_the_rest_new() -> None:
    """A second function of the same kind is new; the first one's numbers may change."""
    first = review(diagnosis("web"), (), Terms())
    known = read_baseline(baseline(first), "b.json")
    again = review(diagnosis("web"), (), Terms(baseline=known))
    assert (again.failing, len(again.known)) == (False, len(first.shown) + len(first.below))
    more = review(diagnosis("web", "job"), (), Terms(baseline=known))
    assert more.failing
    assert {found.resource for found in more.shown} == {"job"}


def test_two_findings_that_look_alike_need_two_entries() -> None:
    """Resources without a name of their own in two stacks."""
    known = read_baseline(baseline(review(diagnosis("web"), (), Terms())), "b.json")
    twice = review(diagnosis("web", "web"), (), Terms(baseline=known))
    assert len(twice.known) == len(twice.shown) + len(twice.below)


def test_a_suppression_hides_what_it_names_and_says_why() -> None:
    """By rule and resource, each a pattern."""
    found = review(diagnosis("web", "job"), [suppress("lambda-not-*", "we?")], Terms())
    hidden = {(item.finding.rule, item.finding.resource) for item in found.suppressed}
    assert ("lambda-not-traced", "web") in hidden
    assert not [name for _, name in hidden if name == "job"]
    assert {item.reason for item in found.suppressed} == {"because"}


@pytest.mark.parametrize(
    "void", [suppress("*", reason="  "), suppress("*", expired=True)], ids=["no reason", "expired"]
)
def test_a_suppression_without_reason_or_past_its_day_hides_nothing(void: Resource) -> None:
    """It is a finding itself, by rules of its own."""
    found = review(diagnosis("web"), [void], Terms())
    assert not found.suppressed
    assert found.unused == ()


def test_a_suppression_that_hides_nothing_is_named() -> None:
    """What it was for has been mended."""
    assert review(diagnosis("web"), [suppress("sqs-*")], Terms()).unused == ("sqs-* *",)


def test_the_level_shows_and_fail_on_fails() -> None:
    """One decides what is read, the other what the build thinks."""
    assert review(diagnosis("web"), (), Terms(Severity.LOW, Severity.HIGH)).failing is False
    quiet = review(diagnosis("web"), (), Terms(Severity.CRITICAL, Severity.LOW))
    assert (quiet.shown, quiet.failing) == ((), True)
    assert quiet.below


@pytest.mark.parametrize(
    "document", [None, [], {}, {"format": "x"}, {"format": "shopfast-obs baseline", "version": 9, "findings": []},
                 {"format": "shopfast-obs baseline", "version": 1, "findings": [{"rule": "x"}]},
                 {"format": "shopfast-obs baseline", "version": 1, "findings": 3}],
)  # fmt: skip
def test_what_is_no_baseline_is_said(document: object) -> None:
    """With the command that makes one."""
    with pytest.raises(UserError, match=r"b\.json is") as caught:
        read_baseline(document, "b.json")
    assert "--write-baseline" in str(caught.value.hint)
