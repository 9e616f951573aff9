"""What an account and region sets in X-Ray, and that another does not see it."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.localcloud.telemetry_services import TelemetryServices
from tests.localcloud.service_clients import START, HandClock, RecordingApplication, client, running
from tests.localcloud.xray.test_api import TRACE, put, refusal, segment, segments_of, summaries

RULE = {
    **{"RuleName": "orders", "ResourceARN": "*", "Priority": 10, "FixedRate": 0.5, "ReservoirSize": 8, "Version": 1},
    **{"ServiceName": "*", "ServiceType": "*", "Host": "*", "HTTPMethod": "POST", "URLPath": "/orders*"},
}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[TelemetryServices]:
    """Empty services."""
    with running(tmp_path, HandClock(), RecordingApplication()) as opened:
        yield opened


@pytest.fixture
def xray(services: TelemetryServices) -> Any:
    """A client of an empty X-Ray."""
    return client(services, "xray")


def names(xray: Any) -> list[str]:
    """The sampling rules in the order in which they are tried."""
    pages = xray.get_paginator("get_sampling_rules").paginate()
    return [record["SamplingRule"]["RuleName"] for page in pages for record in page["SamplingRuleRecords"]]


def test_a_sampling_rule_is_made_changed_and_deleted(xray: Any) -> None:
    """By name or ARN; the default one comes last."""
    rule = xray.create_sampling_rule(SamplingRule=RULE)["SamplingRuleRecord"]["SamplingRule"]
    assert rule == {**RULE, "RuleARN": "arn:aws:xray:us-east-1:000000000000:sampling-rule/orders", "Attributes": {}}
    assert names(xray) == ["orders", "Default"]
    xray.update_sampling_rule(SamplingRuleUpdate={"RuleARN": rule["RuleARN"], "FixedRate": 0.25, "Priority": 20})
    changed = xray.get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]
    assert (changed["FixedRate"], changed["Priority"], changed["URLPath"]) == (0.25, 20, "/orders*")
    gone = xray.delete_sampling_rule(RuleName="orders")["SamplingRuleRecord"]["SamplingRule"]
    assert gone["FixedRate"] == 0.25
    assert names(xray) == ["Default"]


def test_the_default_rule_can_be_changed_but_not_deleted(xray: Any) -> None:
    """Its rate and its reservoir."""
    xray.update_sampling_rule(SamplingRuleUpdate={"RuleName": "Default", "FixedRate": 1.0})
    assert xray.get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]["FixedRate"] == 1.0
    for call, parameters in (
        (xray.delete_sampling_rule, {"RuleName": "Default"}),
        (xray.update_sampling_rule, {"SamplingRuleUpdate": {"RuleName": "Default", "Host": "x"}}),
    ):
        assert refusal(call, **parameters)[0] == "InvalidRequestException"


@pytest.mark.parametrize("change", [{"Version": 2}, {"RuleName": "Default"}])
def test_a_rule_that_is_none_is_refused(xray: Any, change: dict[str, Any]) -> None:
    """With AWS's error, and nothing is kept."""
    assert refusal(xray.create_sampling_rule, SamplingRule={**RULE, **change})[0] == "InvalidRequestException"
    assert names(xray) == ["Default"]


@pytest.mark.parametrize("change", [{"Priority": 0}, {"FixedRate": 1.5}, {"ReservoirSize": -1}])
def test_a_change_that_cannot_be_is_refused(xray: Any, change: dict[str, Any]) -> None:
    """Numbers have their ranges."""
    xray.create_sampling_rule(SamplingRule=RULE)
    update = {"RuleName": "orders", **change}
    assert refusal(xray.update_sampling_rule, SamplingRuleUpdate=update)[0] == "InvalidRequestException"
    assert xray.get_sampling_rules()["SamplingRuleRecords"][0]["SamplingRule"]["Priority"] == 10


def test_an_account_has_25_rules(xray: Any) -> None:
    """X-Ray's quota."""
    for n in range(25):
        xray.create_sampling_rule(SamplingRule={**RULE, "RuleName": f"r{n}"})
    assert refusal(xray.create_sampling_rule, SamplingRule=RULE)[0] == "RuleLimitExceededException"


def test_clients_share_a_rules_reservoir_and_are_counted(xray: Any) -> None:
    """Each that reported of late gets a part; what they reported can be asked."""
    xray.create_sampling_rule(SamplingRule=RULE)
    report = {"RuleName": "orders", "Timestamp": START, "RequestCount": 50, "SampledCount": 7, "BorrowCount": 1}

    def quota(client_id: str) -> int:
        documents = [{**report, "ClientID": client_id * 24}]
        answer = xray.get_sampling_targets(SamplingStatisticsDocuments=documents)
        return int(answer["SamplingTargetDocuments"][0]["ReservoirQuota"])

    assert [quota("a"), quota("b"), quota("c"), quota("a")] == [8, 4, 3, 3]
    told = xray.get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
    assert [(entry["RuleName"], entry["RequestCount"], entry["SampledCount"]) for entry in told] == [
        ("orders", 50, 7)
    ] * 4


def test_tags_belong_to_rules_and_groups(xray: Any) -> None:
    """Given at creation or later; nothing else has any."""
    group = xray.create_group(GroupName="slow", Tags=[{"Key": "team", "Value": "shop"}])["Group"]["GroupARN"]
    rule = xray.create_sampling_rule(SamplingRule=RULE)["SamplingRuleRecord"]["SamplingRule"]["RuleARN"]
    xray.tag_resource(ResourceARN=rule, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    xray.untag_resource(ResourceARN=rule, TagKeys=["a"])
    assert xray.list_tags_for_resource(ResourceARN=group)["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert xray.list_tags_for_resource(ResourceARN=rule)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refusal(xray.list_tags_for_resource, ResourceARN=group + "x")[0] == "ResourceNotFoundException"


def test_resource_policies_have_revisions(xray: Any) -> None:
    """A writer that saw another revision is refused; so is what is no policy."""
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    first = xray.put_resource_policy(PolicyName="sns", PolicyDocument=document)["ResourcePolicy"]["PolicyRevisionId"]
    xray.put_resource_policy(PolicyName="sns", PolicyDocument=document, PolicyRevisionId=first)
    code, _ = refusal(xray.put_resource_policy, PolicyName="sns", PolicyDocument=document, PolicyRevisionId=first)
    assert code == "InvalidPolicyRevisionIdException"
    code, _ = refusal(xray.put_resource_policy, PolicyName="sns", PolicyDocument="[]")
    assert code == "MalformedPolicyDocumentException"
    assert [policy["PolicyName"] for policy in xray.list_resource_policies()["ResourcePolicies"]] == ["sns"]
    xray.delete_resource_policy(PolicyName="sns")
    assert xray.list_resource_policies()["ResourcePolicies"] == []


def test_settings_are_kept(xray: Any) -> None:
    """Encryption, indexing and destination; and there are no insights."""
    assert xray.get_encryption_config()["EncryptionConfig"]["Type"] == "NONE"
    xray.put_encryption_config(Type="KMS", KeyId="alias/x")
    assert xray.get_encryption_config()["EncryptionConfig"]["KeyId"] == "alias/x"
    xray.update_indexing_rule(Name="Default", Rule={"Probabilistic": {"DesiredSamplingPercentage": 25}})
    [rule] = xray.get_indexing_rules()["IndexingRules"]
    assert rule["Rule"]["Probabilistic"]["ActualSamplingPercentage"] == 25
    assert xray.get_trace_segment_destination() | {"ResponseMetadata": 0} == {
        "Destination": "XRay", "Status": "ACTIVE", "ResponseMetadata": 0,
    }  # fmt: skip
    xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    assert xray.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
    assert xray.get_insight_summaries(StartTime=START - 1, EndTime=START)["InsightSummaries"] == []


def test_a_region_does_not_see_another(services: TelemetryServices, xray: Any) -> None:
    """Neither traces nor groups nor rules."""
    there = client(services, "xray", region="eu-west-1")
    put(there, segment(1))
    there.create_group(GroupName="far")
    assert summaries(xray) == []
    assert xray.batch_get_traces(TraceIds=[TRACE])["UnprocessedTraceIds"] == [TRACE]
    assert len(xray.get_groups()["Groups"]) == 1
    assert segments_of(there) == [segment(1)]
    assert there.get_groups()["Groups"][1]["GroupARN"].startswith("arn:aws:xray:eu-west-1:000000000000:group/far/")


def by_datagram(services: TelemetryServices, xray: Any, document: dict[str, Any]) -> None:
    """Send a document to the daemon and wait until it is stored."""
    host, port = services.xray_address.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b'{"format":"json","version":1}\n' + json.dumps(document).encode(), (host, int(port)))
    for _ in range(200):
        traces = xray.batch_get_traces(TraceIds=[document["trace_id"]])["Traces"]
        if any(document["id"] in part["Document"] for trace in traces for part in trace["Segments"]):
            return
        time.sleep(0.02)
    pytest.fail("the document was not stored")


def test_what_the_daemon_gets_is_where_the_rest_of_the_trace_is(services: TelemetryServices, xray: Any) -> None:
    """The daemon does not know the function's region; a trace that nobody else knows is in the default one."""
    asyncio.run(services.start())
    there = client(services, "xray", region="eu-west-1")
    put(there, segment(1))
    by_datagram(services, there, segment(2, type="subsegment", parent_id=f"{1:016x}"))
    assert [part["id"] for part in segments_of(there)[0]["subsegments"]] == [f"{2:016x}"]
    assert summaries(xray) == []
    lone = f"1-{int(START):08x}-{9:024x}"
    by_datagram(services, xray, segment(3, trace_id=lone))
    assert [summary["Id"] for summary in summaries(xray)] == [lone]
    assert [summary["Id"] for summary in summaries(there)] == [TRACE]
