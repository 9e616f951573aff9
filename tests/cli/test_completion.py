"""`completion`: the script of each shell, and what it completes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from shopfast_obs.cli import COMMANDS, main
from shopfast_obs.cli.completion import SHELLS, VARIABLE

CHECKED = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


def completed(*words: str) -> list[str]:
    """What a shell would complete the last word to."""
    shell = ShellComplete(main, {}, "shopfast-obs", VARIABLE)
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str, tmp_path: Path) -> None:
    """Valid for the shell where that is installed."""
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0, done.stderr
    assert f"{VARIABLE}={shell}_complete" in done.stdout
    if shutil.which(shell):
        (tmp_path / "script").write_text(done.stdout)
        subprocess.run([*CHECKED[shell], str(tmp_path / "script")], check=True)


def test_commands_options_and_rules_are_completed() -> None:
    """Of commands the names, of a command its options, of an option its values."""
    assert completed("in") == ["instrument", "init"]
    assert completed("") == list(COMMANDS)
    assert "--version" in completed("--v")
    assert completed("instrument", "--che") == ["--check"]
    assert "lambda-no-alarm" in completed("explain", "lambda-no-al")


def test_the_script_asks_the_installed_command() -> None:
    """As the function in the script does, without importing the commands that it lists."""
    program = (
        "import sys\nfrom shopfast_obs.cli import main\n"
        "try: main(prog_name='shopfast-obs')\nexcept SystemExit: pass\n"
        "print(sorted(name for name in sys.modules if name.startswith('shopfast_obs.cli.')), file=sys.stderr)"
    )
    asked = {**os.environ, "COMP_WORDS": "shopfast-obs in", "COMP_CWORD": "1", VARIABLE: "bash_complete"}
    done = subprocess.run([sys.executable, "-c", program], env=asked, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["plain,instrument", "plain,init"]
    assert done.stderr.strip() == "[]"
