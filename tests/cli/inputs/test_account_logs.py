"""Which way the log lines of an account are read, what that costs, and what is said of it."""

import json
import time
from collections.abc import Sequence
from functools import partial

import pytest

from shopfast_obs.cli.inputs import account_logs
from shopfast_obs.cli.inputs.account_logs import dollars, price
from shopfast_obs.cli.report import command
from shopfast_obs.cloud.interface import LogVolume, Target
from shopfast_obs.cloud.telemetry import insights
from shopfast_obs.errors import DeniedError, UserError
from shopfast_obs.model.telemetry import LogEvent, TimeRange
from shopfast_obs.testing import FakeCloud, log_events, report_line
from tests.cli.command_line import on_cloud
from tests.cli.inputs import account
from tests.cli.inputs.account import GIGABYTES

run = partial(on_cloud, command)
GROUP = "/aws/lambda/web"
ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"


def lines(count: int = 40) -> list[LogEvent]:
    """A function that is killed by its timeout once, and otherwise says that it works."""
    now = round(time.time(), 3)
    told = [(now - 300 + n, f"request {n} is served") for n in range(count)]
    told += [
        (now - 30, f"START RequestId: {ID} Version: $LATEST"),
        (now - 29, "asks the warehouse"),
        (now - 27, f"2026-01-01T00:00:03.003Z {ID} Task timed out after 3.00 seconds"),
        (now - 27, report_line(ID, 3000, used_mb=66, status="timeout").strip()),
    ]
    return log_events(GROUP, told)


def of_account(size: int = GIGABYTES, classes: dict[str, str] | None = None) -> account.Account:
    """An account with the function, which took in so many bytes, and one that is idle."""
    return account.Account({GROUP: lines(), "/aws/lambda/idle": []}, size, classes)


def test_many_lines_are_queried_and_the_report_says_so() -> None:
    """The price first; all lines are counted; the cause is read by a narrow second call."""
    cloud = of_account()
    result = run(cloud, "errors", "--format", "json")
    document = json.loads(result.stdout)
    assert "Logs Insights scans up to 2,400.00 GB of 2 log groups for up to 12.00 USD." in result.stderr
    (group,) = document["groups"]
    assert (group["kind"], group["count"]) == ("timeout", 1)
    assert group["cause"] == "last line before: asks the warehouse; used 66 of 128 MB"
    assert document["events"] == len(lines())
    assert document["sources"] == [
        "Logs: queries of Logs Insights over 2 groups counted 44 lines and fetched the 2 that tell of failures; error "
        "groups and counts are exact; log templates are of these lines alone."
    ]
    assert "events" not in cloud.calls
    assert cloud.insights.calls["FilterLogEvents"] == 1
    assert "counted 44 lines" in run(cloud, "errors").stdout


def test_the_groups_are_those_of_reading() -> None:
    """The same document by both ways, but for what is told of the way."""
    found = []
    for size in (GIGABYTES, 1000):
        document = json.loads(run(of_account(size), "errors", "--format", "json").stdout)
        found.append([(g["fingerprint"], g["count"], g["requests"], g["cause"]) for g in document["groups"]])
    assert found[0] == found[1] != []


def test_a_budget_that_is_too_small_refuses_before_anything_is_scanned() -> None:
    """With what it would cost, and the next command."""
    cloud = of_account()
    with pytest.raises(UserError) as refused:
        run(cloud, "errors", "--budget", "11.99")
    assert refused.value.exit_code == 2
    assert refused.value.message == (
        "Logs Insights would scan up to 2,400.00 GB of 2 log groups for up to 12.00 USD, more than the budget of 11.99 "
        "USD; nothing was scanned."
    )
    assert refused.value.hint == "Allow it: --budget 12.00. Or ask for less: a shorter --since, --no-before."
    assert cloud.insights.calls["StartQuery"] == cloud.insights.calls["FilterLogEvents"] == 0
    assert run(cloud, "errors", "--budget", "6", "--no-before").exit_code == 0


def test_few_lines_are_read_and_cost_nothing() -> None:
    """A budget of nothing is enough."""
    cloud = of_account(1000)
    document = json.loads(run(cloud, "errors", "--budget", "0", "--format", "json").stdout)
    assert len(document["groups"]) == 1
    assert (document["sources"], document["events"]) == ([], len(lines()))
    assert cloud.insights.calls["StartQuery"] == 0


def test_where_queries_are_denied_all_lines_are_read() -> None:
    """And the report says which way was taken, and why."""
    cloud = of_account()
    cloud.insights.refusals["StartQuery"] = ["AccessDeniedException"]
    document = json.loads(run(cloud, "errors", "--format", "json").stdout)
    assert len(document["groups"]) == 1
    assert document["warnings"] == []
    assert document["sources"][0].startswith("Logs: read by FilterLogEvents, because logs:StartQuery was refused")


def test_a_group_that_cannot_be_read_is_queried_alone() -> None:
    """INFREQUENT_ACCESS has no FilterLogEvents, DELIVERY no queries."""
    cloud = of_account(1000, classes={GROUP: "INFREQUENT_ACCESS", "/aws/lambda/idle": "DELIVERY"})
    document = json.loads(run(cloud, "errors", "--no-before", "--format", "json").stdout)
    assert len(document["groups"]) == 1
    assert cloud.insights.queries[0]["logGroupNames"] == [GROUP]
    assert document["warnings"][0].startswith("denied: no log lines of /aws/lambda/idle, because logs:FilterLogEvents")


def test_many_groups_are_queried_on_an_account_and_read_on_the_local_cloud() -> None:
    """The local cloud has no quota of calls."""
    many = {f"/aws/lambda/f{number}": [] for number in range(account_logs.FEW_GROUPS + 1)}
    for target, called in (("aws", "failing_lines"), ("local", "events")):
        cloud = FakeCloud(logs=many, target=Target(target, "us-east-1"))
        run(cloud, "errors")
        assert called in cloud.calls


def test_the_price_is_by_region_and_never_too_low() -> None:
    """A region whose price nobody wrote down is taken for twice as dear."""
    assert price(1e9, "us-east-1") == pytest.approx(0.005)
    assert price(1e9, "ap-northeast-1") == pytest.approx(0.0076)
    assert price(1e9, "xx-nowhere-1") == pytest.approx(0.01)
    assert [dollars(usd) for usd in (12.001, 0.00001, 0.0123, 0.1)] == ["12.01", "0.0001", "0.0123", "0.10"]


def test_denied_volumes_leave_the_traces() -> None:
    """As denied groups did."""

    class Denied(FakeCloud):
        def log_volumes(self, window: TimeRange) -> Sequence[LogVolume]:
            raise DeniedError("logs:DescribeLogGroups was refused.")

    document = json.loads(run(Denied(), "errors", "--allow-partial", "--format", "json").stdout)
    assert document["warnings"] == ["denied: no log lines, because logs:DescribeLogGroups was refused."]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two looks at a query."""
    monkeypatch.setattr(insights, "SHORTEST", 0.0)
