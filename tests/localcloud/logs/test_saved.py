"""Saved queries through the API, and what is refused in a sentence."""

from tests.localcloud.logs.conftest import LogWorld
from tests.localcloud.service_clients import refusal

SLOW = {"name": "team/slow", "queryString": "filter @duration > 1000", "logGroupNames": ["g"]}


def test_a_query_is_kept_changed_found_by_its_prefix_and_deleted(world: LogWorld) -> None:
    """As `aws_cloudwatch_query_definition` does it."""
    logs = world.logs
    id_ = logs.put_query_definition(**SLOW)["queryDefinitionId"]
    assert logs.put_query_definition(**SLOW | {"queryString": "stats count(*)"}, queryDefinitionId=id_)
    logs.put_query_definition(name="other", queryString="limit 1")
    (found,) = logs.describe_query_definitions(queryDefinitionNamePrefix="team/")["queryDefinitions"]
    told = ("name", "queryString", "logGroupNames", "queryLanguage", "queryDefinitionId")
    assert [found[name] for name in told] == ["team/slow", "stats count(*)", ["g"], "CWLI", id_]
    assert logs.delete_query_definition(queryDefinitionId=id_)["success"]
    assert [q["name"] for q in logs.describe_query_definitions()["queryDefinitions"]] == ["other"]


def test_queries_come_in_pages(world: LogWorld) -> None:
    """By their names."""
    for name in "cab":
        world.logs.put_query_definition(name=name, queryString="limit 1")
    first = world.logs.describe_query_definitions(maxResults=2)
    rest = world.logs.describe_query_definitions(maxResults=2, nextToken=first["nextToken"])
    assert [q["name"] for q in (*first["queryDefinitions"], *rest["queryDefinitions"])] == ["a", "b", "c"]
    assert "nextToken" not in rest


def test_an_unknown_id_is_refused(world: LogWorld) -> None:
    """Neither changed nor deleted."""
    for call, more in ((world.logs.put_query_definition, SLOW), (world.logs.delete_query_definition, {})):
        assert refusal(call, queryDefinitionId="none", **more)[0] == "ResourceNotFoundException"


def test_what_nobody_can_make_is_an_empty_list_and_making_it_is_refused(world: LogWorld) -> None:
    """Nothing is accepted and ignored."""
    policies = world.logs.describe_account_policies(policyType="DATA_PROTECTION_POLICY")
    assert policies["accountPolicies"] == []
    assert world.logs.describe_index_policies(logGroupIdentifiers=["g"])["indexPolicies"] == []
    assert world.logs.list_log_anomaly_detectors()["anomalyDetectors"] == []
    code, said = refusal(
        world.logs.put_account_policy, policyName="p", policyType="DATA_PROTECTION_POLICY", policyDocument="{}"
    )
    assert (code, "give each group its own" in said) == ("UnknownOperationException", True)
