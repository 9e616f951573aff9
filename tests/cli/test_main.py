"""The command line as a whole: help, errors, exit codes."""

import errno
import io
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from shopfast_obs import cli
from shopfast_obs.cli.app import App
from shopfast_obs.cli.output.terminal import Terminal
from shopfast_obs.errors import CloudUnreachableError, ShopfastObsError, UserError
from tests.cli.command_line import outcome
from tests.commands import commands_in, options

PACKAGE = Path(cli.__file__).parents[1]


def test_help_lists_every_command_in_the_order_of_the_story() -> None:
    """The table is the help."""
    code, out, _ = outcome("--help")
    assert code == 0
    places = [out.index(f"\n  {name} ") for name in cli.COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    """Each loads, and shows how it is used."""
    code, out, err = outcome(name, "--help")
    assert code == 0, err
    assert "Example" in out
    assert f"shopfast-obs {name}" in out


def test_a_wrong_command_names_the_nearest() -> None:
    """Usage errors are exit code 2."""
    code, _, err = outcome("depoly")
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


def test_the_end_of_a_command_walks_no_objects() -> None:
    """They are frozen before Python looks for garbage a last time; what is registered first is called last."""
    program = (
        "import atexit, gc, os; atexit.register(lambda: os._exit(gc.get_freeze_count() == 0))\n"
        "from shopfast_obs.cli import main; main(['--version'])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode == 0


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
    got, out, err = outcome("deploy")
    assert (got, out) == (code, "")
    assert err == "Error: a\n" + ("  b\n" if problem.hint else "")


class Closed(io.StringIO):
    """The output of a command whose reader went away."""

    def write(self, _: str) -> int:
        """Fail as a pipe does."""
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    """`| head`: no error, and not the code of findings."""
    result = CliRunner().invoke(cli.main, ["explain", "lambda-*"], obj=App(terminal=Terminal(Closed())))
    assert (result.exit_code, result.output) == (141, "")


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_of_a_group_has_an_example(name: str) -> None:
    """As its group has."""
    group = cli.main.get_command(click.Context(cli.main), name)
    for inner in group.commands if isinstance(group, click.Group) else ():
        code, out, _ = outcome(name, inner, "--help")
        assert code == 0
        assert f"shopfast-obs {name} {inner}" in " ".join(out.split()), f"{name} {inner}"


SAID = sorted({(path.relative_to(PACKAGE), line) for path in PACKAGE.rglob("*.py") for line in commands_in(path)})


@pytest.mark.parametrize(("path", "line"), SAID, ids=lambda value: str(value)[:60])
def test_a_command_that_a_message_names_exists(path: Path, line: str) -> None:
    """With the options behind it: a hint that cannot be followed is worse than none."""
    given = {word.partition("=")[0] for word in line.split() if word.startswith("--") and len(word) > 2}
    assert given <= options(line), path
