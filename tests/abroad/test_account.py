"""An account without a template: its alarms are derived, made, fire under their causes, recover, and are taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.abroad.account import Account, settled
from tests.localcloud.published import strange
from tests.story.conftest import Project

pytestmark = [pytest.mark.cloud, pytest.mark.slow, pytest.mark.xdist_group("cloud")]
# Each kind that ShopFast has none of, and the others by which events get lost.
NAMES = {
    "archive-delivery-stream-age",
    "changes-pipe-failures",
    "chat-websocket-errors",
    "heard-events-dropped",
    "news-notification-failures",
    "page-http-api-5xx",
    "read-stream-age",
    "work-queue-age",
}
RULES = {"http-api-no-alarm", "websocket-no-alarm", "stream-no-alarm", "sqs-no-alarm", "sns-no-alarm"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """An empty project with a cloud of its own."""
    folder = tmp_path_factory.mktemp("account")
    (folder / "pyproject.toml").write_text("[tool.shopfast-obs]\n", encoding="utf-8")
    project = Project(folder)
    try:
        project.run("cloud start")
        yield project
    finally:
        project.run("cloud stop", code=None)


@pytest.fixture(scope="module")
def account(project: Project) -> Account:
    """What a script built in it."""
    return Account(project)


def rules(project: Project) -> set[str]:
    """The rules about alarms that find something."""
    found = {finding["rule"] for finding in project.json("diagnose --since 1h --level info", code=None)["findings"]}
    return found & (RULES | {"alarm-dead"})


def metrics(account: Account) -> list[str]:
    """What is wrong, by AWS's guides, with a metric that an alarm of ours reads."""
    pages = account.client("cloudwatch").get_paginator("describe_alarms").paginate()
    read = [one for page in pages for alarm in page["MetricAlarms"] for one in _read(alarm)]
    said = (strange(f"{m['Namespace']} {m['MetricName']}", [d["Name"] for d in m["Dimensions"]]) for m in read)
    return [wrong for wrong in said if wrong]


def _read(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    stats = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", ()) if "MetricStat" in query]
    return stats or [alarm]


def until(project: Project, account: Account, names: set[str], state: str, cause: Callable[[], None]) -> None:
    """Cause it minute after minute of the cloud's clock until all the alarms have the state."""
    for _ in range(10):
        cause()
        project.advance(60)
        if settled(account, names, state):
            return
    pytest.fail(f"not {state}: { {n: s for n, s in account.states().items() if n in names and s != state} }")


def test_what_watches_nothing_is_found_and_healed_by_the_command_that_it_names(
    project: Project, account: Account
) -> None:
    """Every rule is silent afterwards, no alarm is dead, and the second run changes nothing."""
    assert rules(project) == RULES
    project.run("alarms apply --live")
    assert metrics(account) == []
    assert set(account.states()) >= NAMES
    assert rules(project) == set()
    assert "Nothing to change" in project.run("alarms apply --live").stderr


def test_each_fires_under_its_cause_and_recovers_without_it(project: Project, account: Account) -> None:
    """A consumer that is off, a subscriber, a workflow and a bucket that are gone, a bad record, failing functions."""
    account.trouble()
    project.advance(900)  # what stands still is old by now
    until(project, account, NAMES, "ALARM", account.trouble)
    until(project, account, {"page-http-api-5xx", "chat-websocket-errors"}, "OK", account.peace)
    account.client("lambda").update_event_source_mapping(UUID=account.mapping, Enabled=True)
    until(project, account, {"work-queue-age"}, "OK", lambda: None)


def test_undo_leaves_the_account_as_it_was(project: Project, account: Account) -> None:
    """Without alarms, and without their topic."""
    project.run("undo --yes")
    assert account.states() == {}
    assert [topic["TopicArn"] for topic in account.client("sns").list_topics()["Topics"]] == [
        "arn:aws:sns:us-east-1:000000000000:news"
    ]
