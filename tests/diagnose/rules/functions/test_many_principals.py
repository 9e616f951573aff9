"""Rule lambda-many-principals."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.diagnose.rules.functions.many_principals import RULE
from shopfast_obs.model.resources import PERMISSION, Gap, Resource
from tests.diagnose.builders import clear, declared, found, function, observed, undecided

WEB = function("web")


def may(*principals: object) -> list[Resource]:
    """Permissions for the function."""
    return [
        Resource(PERMISSION, f"P{n}", f"P{n}", "app", properties={"FunctionName": "web", "Principal": principal})
        for n, principal in enumerate(principals)
    ]


def test_found_when_two_services_may_invoke_it() -> None:
    """Whatever they are."""
    context = declared(WEB, *may("sns.amazonaws.com", "events.amazonaws.com"))
    assert "events.amazonaws.com" in found(RULE.check(WEB, context)).title


def test_clear_with_one_service() -> None:
    """However often it is named."""
    assert clear(RULE.check(WEB, declared(WEB, *may("sns.amazonaws.com", "sns.amazonaws.com", {"Ref": "P"}))))


def test_no_data_when_its_policy_was_not_asked_for() -> None:
    """One of many functions that no stack declares."""
    alone, gap = replace(WEB, stack=""), Gap("functions of no stack", "too many", (PERMISSION,))
    assert undecided(RULE.check(alone, observed(alone, gaps=[gap]))) == "functions of no stack: too many"
    assert clear(RULE.check(alone, observed(alone))) == "no permission names it"
