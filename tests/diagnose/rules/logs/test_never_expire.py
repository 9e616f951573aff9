"""Rule logs-never-expire."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.diagnose.rules.logs.never_expire import RULE
from shopfast_obs.model.resources import LOG_GROUP, Resource
from tests.diagnose.builders import clear, declared, found, function, observed, undecided


def group(name: str = "/aws/lambda/web", logical_id: str = "Logs", **properties: object) -> Resource:
    """A log group."""
    return Resource(LOG_GROUP, name, logical_id, properties=properties)


def test_found_for_a_group_without_retention() -> None:
    """A group of a stack is changed by `fix`, one of no stack by hand."""
    own, other = group(), group(logical_id="")
    finding = found(RULE.check(own, declared(own)))
    assert finding.title == "/aws/lambda/web keeps its logs for ever"
    assert [(c.property, c.after) for c in finding.remedy.changes] == [("RetentionInDays", 30)]
    by_hand = found(RULE.check(other, declared(other))).remedy
    assert (by_hand.changes, "put-retention-policy" in by_hand.command) == ((), True)


def test_found_for_a_function_whose_group_the_template_does_not_declare() -> None:
    """Lambda would create it, without retention."""
    web = function()
    assert "Lambda will create /aws/lambda/web" in found(RULE.check(web, declared(web))).title


def test_a_log_group_without_a_name_is_not_given_one() -> None:
    """A logical id in the place of a function's name would be another group's."""
    web = replace(function(), by_reference="${Web12@shop}")
    finding = found(RULE.check(web, declared(web)))
    assert "Lambda will create one without retention" in finding.title
    assert "Web12" not in finding.title + finding.remedy.summary


def test_clear_with_retention_also_in_a_group_of_the_functions_choice() -> None:
    """`LoggingConfig.LogGroup` is followed."""
    shared = group("shared", RetentionInDays=14)
    web = function(LoggingConfig={"LogGroup": {"Ref": "Logs"}})
    assert clear(RULE.check(shared, declared(shared))) == "kept for 14 days"
    assert "judged by itself" in clear(RULE.check(web, declared(web, shared)))


def test_no_data_before_the_group_exists_or_when_a_parameter_decides() -> None:
    """A function that never ran has no group yet."""
    web = function()
    assert "not there yet" in undecided(RULE.check(web, observed(web)))
    parameter = group(RetentionInDays={"Ref": "Days"})
    assert "parameter" in undecided(RULE.check(parameter, declared(parameter)))
