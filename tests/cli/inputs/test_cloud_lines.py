"""`logs VALUE` over many lines: found by queries, completed from the streams that have it."""

import json
import time
from functools import partial

import pytest

from shopfast_obs.cli.logs import command
from shopfast_obs.cloud.telemetry import insights
from shopfast_obs.errors import UserError
from shopfast_obs.testing import log_events
from tests.cli.command_line import on_cloud
from tests.cli.inputs.account import GIGABYTES, Account

run = partial(on_cloud, command)
ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
OTHER = "0f507cfc-1234-4697-b07a-ac58fc914c95"
GROUP = "/aws/lambda/web"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """Two requests in two streams of a group with many bytes."""
    monkeypatch.setattr(insights, "SHORTEST", 0.0)
    now = round(time.time(), 3)
    found = []
    for request, stream in ((ID, "a"), (OTHER, "b")):
        lines = (
            f"START RequestId: {request} Version: 1",
            f"order {request[:8]}",
            "is read",
            f"END RequestId: {request}",
        )
        found += log_events(GROUP, [(now - 100 + n, line) for n, line in enumerate(lines)], stream)
    return Account({GROUP: found, "/aws/lambda/idle": []}, GIGABYTES)


def test_matches_come_with_the_other_lines_of_their_requests(account: Account) -> None:
    """One query for all groups, and one call for the stream."""
    result = run(account, "order 8f507cfc", "--format", "json")
    assert [line["message"] for line in json.loads(result.stdout)["lines"]] == [
        f"START RequestId: {ID} Version: 1", "order 8f507cfc", "is read", f"END RequestId: {ID}",
    ]  # fmt: skip
    assert "Logs Insights looked at 8 lines of 2 groups and found 1 line." in result.stderr
    assert account.insights.calls["StartQuery"] == account.insights.calls["FilterLogEvents"] == 1


def test_a_budget_refuses_before_anything_is_scanned(account: Account) -> None:
    """One scan of the window."""
    with pytest.raises(UserError, match=r"for up to 1\.50 USD, more than the budget of 1\.00"):
        run(account, "order", "--budget", "1")
    assert account.insights.calls["StartQuery"] == 0


def test_where_queries_are_denied_the_lines_are_read(account: Account) -> None:
    """And that is said; nothing is missing."""
    account.insights.refusals["StartQuery"] = ["AccessDeniedException"]
    result = run(account, "order 8f507cfc", "--format", "json")
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["lines"]) == 4
    assert "The lines are read by FilterLogEvents, because logs:StartQuery was refused" in result.stderr


def test_only_the_groups_that_are_asked_for_are_scanned(account: Account) -> None:
    """`--group` makes the query cheaper."""
    run(account, "order 8f507cfc", "--group", "web")
    assert [asked["logGroupNames"] for asked in account.insights.queries] == [[GROUP]]
