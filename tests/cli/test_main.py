"""The command line as a whole: help, errors, exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from shopfast_obs import cli
from shopfast_obs.errors import CloudUnreachableError, ShopfastObsError, UserError


def invoke(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command line."""
    result = CliRunner().invoke(cli.main, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_help_lists_every_command_in_the_order_of_the_story() -> None:
    """The table is the help."""
    code, out, _ = invoke("--help")
    assert code == 0
    places = [out.index(f"\n  {name} ") for name in cli.COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    """Each loads, and shows how it is used."""
    code, out, err = invoke(name, "--help")
    assert code == 0, err
    assert "Example" in out
    assert f"shopfast-obs {name}" in out


def test_a_wrong_command_names_the_nearest() -> None:
    """Usage errors are exit code 2."""
    code, _, err = invoke("depoly")
    assert code == 2
    assert "'deploy'" in err


def test_help_loads_nothing_heavy() -> None:
    """What makes --help instant: rich, boto3 and the CDK are imported where they are used."""
    program = (
        "import sys; from shopfast_obs.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'rich', 'boto3', 'botocore', 'aws_cdk', 'libcst', 'jinja2', 'moto', 'ministack', 'yaml'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or None)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("problem", "code"), [(UserError("a", "b"), 2), (CloudUnreachableError("a", "b"), 3), (ShopfastObsError("a"), 2)]
)
def test_an_error_is_one_sentence_and_a_next_command(
    problem: ShopfastObsError, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback for what a user can mend."""
    import click

    @click.command()
    def failing() -> None:
        raise problem

    monkeypatch.setattr("shopfast_obs.cli.deploy.command", failing)
    got, out, err = invoke("deploy")
    assert (got, out) == (code, "")
    assert err == "Error: a\n" + ("  b\n" if problem.hint else "")
