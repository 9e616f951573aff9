"""The command `explain`."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from shopfast_obs import cli
from shopfast_obs.diagnose.engine import catalogue


def invoke(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the whole command line."""
    result = CliRunner().invoke(cli.main, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_a_rule_is_told_with_everything_that_it_says() -> None:
    """Why, remedy and limits."""
    code, out, _ = invoke("explain", "lambda-default-size")
    assert code == 0
    for word in ("found when:", "why:", "remedy:", "limits:", "AWS::Lambda::Function"):
        assert word in out


def test_without_a_rule_all_are_listed_and_patterns_choose() -> None:
    """One line each; as JSON for scripts."""
    code, out, _ = invoke("explain")
    assert code == 0
    assert all(rule.id in out for rule in catalogue())
    found = json.loads(invoke("explain", "sqs-*", "--format", "json")[1])
    assert {entry["id"] for entry in found} == {rule.id for rule in catalogue() if rule.id.startswith("sqs-")}
    assert invoke("explain", "sqs-no-redrive", "--format", "markdown")[1].startswith("# Rules")


def test_a_runbook_is_named_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this project; somebody with another one is told of none."""
    asked = ("explain", "lambda-errors", "--format")
    assert json.loads(invoke(*asked, "json")[1])[0]["runbook"].endswith("runbooks/error-rate.md")
    assert "`runbooks/error-rate.md`" in invoke(*asked, "markdown")[1]
    monkeypatch.chdir(tmp_path)
    for output_format in ("text", "json", "markdown"):
        assert "error-rate" not in invoke(*asked, output_format)[1]


def test_a_typo_names_the_nearest() -> None:
    """And is a user error."""
    code, _, err = invoke("explain", "lambda-default-sise")
    assert code == 2
    assert "Did you mean lambda-default-size?" in err


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
