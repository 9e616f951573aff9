"""The command `explain`."""

import json
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from shopfast_obs import cli
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.facts import every
from tests.cli.command_line import outcome


def test_a_rule_is_told_with_everything_that_it_says() -> None:
    """Why, remedy and limits."""
    code, out, _ = outcome("explain", "lambda-default-size")
    assert code == 0
    for word in ("found when:", "why:", "remedy:", "limits:", "AWS::Lambda::Function"):
        assert word in out


def test_without_a_rule_all_are_listed_and_patterns_choose() -> None:
    """One line each; as JSON for scripts."""
    code, out, _ = outcome("explain")
    assert code == 0
    assert all(rule.id in out for rule in catalogue())
    found = json.loads(outcome("explain", "sqs-*", "--format", "json")[1])
    assert {entry["id"] for entry in found if "id" in entry} == {
        rule.id for rule in catalogue() if rule.id.startswith("sqs-")
    }
    assert outcome("explain", "sqs-no-redrive", "--format", "markdown")[1].startswith("# Rules")


def test_a_runbook_is_named_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this project; somebody with another one is told of none."""
    asked = ("explain", "lambda-errors", "--format")
    assert json.loads(outcome(*asked, "json")[1])[0]["runbook"].endswith("runbooks/error-rate.md")
    assert "`runbooks/error-rate.md`" in outcome(*asked, "markdown")[1]
    monkeypatch.chdir(tmp_path)
    for output_format in ("text", "json", "markdown"):
        assert "error-rate" not in outcome(*asked, output_format)[1]


def test_a_typo_names_the_nearest() -> None:
    """And is a user error."""
    code, _, err = outcome("explain", "lambda-default-sise")
    assert code == 2
    assert "Did you mean lambda-default-size?" in err


def test_a_typo_of_a_fact_names_the_nearest_fact() -> None:
    """Not only rules are asked for."""
    code, _, err = outcome("explain", "lambda-max-timeot")
    assert code == 2
    assert "There is no rule and no fact 'lambda-max-timeot'" in err
    assert "Did you mean lambda-max-timeout?" in err


def completions(*arguments: str) -> list[str]:
    """What a shell offers behind these words."""
    shell = ShellComplete(cli.main, {}, "shopfast-obs", "_X")
    *words, incomplete = arguments
    return [str(item.value) for item in shell.get_completions(words, incomplete)]


def test_a_shell_completes_the_rules() -> None:
    """For options and for the argument."""
    assert isinstance(cli.main, click.Group)
    for words in (("explain",), ("diagnose", "--only"), ("diagnose", "--skip")):
        assert completions(*words, "lambda-default") == ["lambda-default-size"]


def test_a_fact_is_told_with_its_source_and_its_day() -> None:
    """Runtimes are facts, too."""
    code, wrapped, _ = outcome("explain", "lambda-max-timeout", "python3.11")
    out = " ".join(wrapped.split())
    assert code == 0
    assert "lambda-max-timeout: 1,800 s" in out
    assert "patched until 2027-06-30, no creation from 2027-07-31, no update from 2027-08-31" in out
    assert out.count("read on: 2026-11-30") == 2


def test_a_rule_tells_the_facts_that_it_relies_on() -> None:
    """With the day, in every format."""
    assert "sdk-standard-since = 1.44.0, read on 2026-11-30" in " ".join(
        outcome("explain", "lambda-sdk-timeouts")[1].split()
    )
    assert (
        "sdk-standard-since" in json.loads(outcome("explain", "lambda-sdk-timeouts", "--format", "json")[1])[0]["facts"]
    )
    assert (
        "`sdk-standard-since` = 1.44.0 (read on 2026-11-30)"
        in (outcome("explain", "lambda-sdk-timeouts", "--format", "markdown")[1])
    )


def test_all_facts_are_listed() -> None:
    """As a table, and for scripts."""
    assert "lambda-price-gb-second" in outcome("explain", "--facts")[1]
    documents = json.loads(outcome("explain", "--facts", "--format", "json")[1])
    assert {document["fact"] for document in documents} == every().keys()
    assert outcome("explain", "--facts", "sqs-*")[0] == 2
    assert outcome("explain", "lambda-max-timeout", "--format", "markdown")[0] == 2


def test_a_pattern_may_fit_rules_and_facts() -> None:
    """Both are told."""
    told = json.loads(outcome("explain", "sqs-*", "--format", "json")[1])
    assert {"sqs-no-redrive"} <= {one.get("id") for one in told}
    assert {"sqs-max-message"} <= {one.get("fact") for one in told}
