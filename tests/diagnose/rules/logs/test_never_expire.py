"""Rule logs-never-expire."""

from __future__ import annotations

import json
from dataclasses import replace

from shopfast_obs.diagnose.rules.logs.never_expire import RULE
from shopfast_obs.model.resources import LOG_GROUP, LOG_POLICY, Resource
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


def test_no_data_before_the_group_exists() -> None:
    """A function that never ran has no group yet."""
    web = function()
    assert "not there yet" in undecided(RULE.check(web, observed(web)))


def policy(days: object = 90, *, mode: str = "RETROACTIVE", criteria: str = "") -> Resource:
    """A retention policy of the account."""
    said = {"PolicyName": "kept", "PolicyType": "RETENTION_POLICY", "SelectionCriteria": criteria}
    document = json.dumps({"retentionInDays": days, "enforcementMode": mode})
    return Resource(LOG_POLICY, "kept", properties={**said, "PolicyDocument": document})


def test_a_delivery_group_is_left_alone() -> None:
    """It keeps a day and takes no retention: CloudFormation would refuse what `fix` wrote."""
    delivery = group(LogGroupClass="DELIVERY")
    for context in (declared(delivery), observed(delivery)):
        said = clear(RULE.check(delivery, context))
        assert said == "its class DELIVERY keeps events for 1 day and takes no RetentionInDays"


def test_the_accounts_policy_overrides_the_group() -> None:
    """For all groups, for those of a prefix, and for functions whose group Lambda will create."""
    for criteria in ("", 'LogGroupNamePrefix IN ["/aws/lambda/"]'):
        said = clear(RULE.check(group(), declared(group(), policy(criteria=criteria))))
        assert said == "the account's retention policy kept keeps it for 90 days, whatever the group says"
    assert "for 90 days" in clear(RULE.check(function(), declared(function(), policy())))
    other = policy(criteria='LogGroupNamePrefix IN ["/aws/eks/"]')
    assert found(RULE.check(group(), declared(group(), other))).remedy.changes


def test_a_policy_that_keeps_for_ever_is_what_is_to_be_changed() -> None:
    """A RetentionInDays in the group would do nothing."""
    for context in (declared(group(), policy("NEVER_EXPIRE")), observed(group(), policy("NEVER_EXPIRE"))):
        finding = found(RULE.check(group(), context))
        assert (finding.remedy.changes, finding.remedy.command) == ((), "")
        assert "policy" in finding.remedy.summary


def test_no_data_where_it_cannot_be_told_whether_the_policy_is_in_force() -> None:
    """NEW_ONLY leaves old groups alone, a selection may be of a kind that is not known, a name may be made later."""
    unnamed = replace(group(), by_reference="${Logs@shop}")
    cases = (
        (group(), policy(mode="NEW_ONLY"), "newer than itself"),
        (group(), policy(criteria='LogGroupName NOT IN ["a"]'), "cannot be told"),
        (unnamed, policy(criteria='LogGroupNamePrefix IN ["/aws/"]'), "cannot be told"),
    )
    for own, rule, said in cases:
        assert said in undecided(RULE.check(own, declared(own, rule)))


def test_of_a_deployed_group_the_days_in_force_decide() -> None:
    """DescribeLogGroups gives what is in force and, to newer clients, the policy that decided it."""
    told = group(RetentionInDays=90, AccountPolicy="kept")
    assert "policy kept keeps it for 90 days" in clear(RULE.check(told, observed(told)))
    assert found(RULE.check(group(), observed(group(), policy(90, mode="NEW_ONLY")))).remedy.changes
    own = group(RetentionInDays=14)
    assert clear(RULE.check(own, observed(own, policy()))) == "kept for 14 days"
