"""Every code block of the documents is valid, and every command in one runs or says why it does not."""

from __future__ import annotations

import ast
import json
import re
import shutil
import tomllib
from itertools import groupby
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from shopfast_obs import settings
from shopfast_obs.cli import main
from tests.commands import parsed
from tests.docs.blocks import DOCS, Block, blocks, pages

APPS = Path(__file__).parent / "apps"
ALL = tuple(blocks())
CONSOLE = [block for block in ALL if block.language == "console"]
HELP = "docs/reference/commands/"  # the examples of the help, with names that only their reader has
HOWS = {"app", "run", "not run"}
LANGUAGES = {"console", "python", "toml", "yaml", "json", "text", "{toctree}"}
# Commands that tell of findings by their exit code; a page shows them where there are some.
TELLING = ("diagnose", "instrument --check", "compare")
LATER = [block for block in CONSOLE if block.how == "run" and block.what]
HERE = [block for block in CONSOLE if block.how == "app" or (block.how == "run" and not block.what)]


def test_every_block_says_its_language() -> None:
    """One without is run and coloured by nobody; an indented one is found by nobody."""
    assert [(str(block), block.language) for block in ALL if block.language not in LANGUAGES] == []
    for path in pages():
        lines = re.sub(r"(?ms)^```.*?^```$", "block", path.read_text(encoding="utf-8")).splitlines()
        indented = [n for n, line in enumerate(lines) if line.startswith("    ") and not lines[n - 1].strip()]
        assert indented == [], path


def test_every_console_block_runs_or_says_why_not() -> None:
    """The comment above it is one of those that blocks.py lists, and a reason is a sentence."""
    silent = [str(one) for one in CONSOLE if one.how not in HOWS and not one.page.startswith(HELP)]
    assert silent == []
    assert [str(one) for one in CONSOLE if one.how == "not run" and len(one.what.split()) < 3] == []
    assert {one.what for one in LATER} <= {"shop"}


def test_every_command_line_is_one_of_ours() -> None:
    """Command, arguments and options, by click's own parser."""
    wrong = []
    for block in CONSOLE:
        for line in block.commands:
            for part in line.split(" && "):
                if part.startswith("shopfast-obs "):
                    wrong += [f"{block}: {part}: {problem}" for problem in problems(re.split(r" >>? | \| ", part)[0])]
    assert wrong == []


def problems(line: str) -> list[str]:
    """What click says against the line."""
    try:
        parsed(line)
    except click.UsageError as problem:
        return [] if "does not exist" in problem.message else [problem.message]
    return []


@pytest.mark.parametrize("page", sorted({block.page for block in ALL}))
def test_each_text_is_of_its_language(page: str, tmp_path: Path) -> None:
    """Python parses, documents load, and settings are settings."""
    for block in (one for one in ALL if one.page == page):
        try:
            is_of_its_language(block, tmp_path)
        except Exception as problem:
            problem.add_note(str(block))
            raise


def is_of_its_language(block: Block, folder: Path) -> None:
    """Fails, or raises what its language raises, where it is not."""
    if block.language == "python":
        ast.parse(block.text)
    elif block.language == "json":
        json.loads(block.text)
    elif block.language == "yaml":
        assert yaml.load(block.text, yaml.CSafeLoader)
    elif block.language == "toml":
        assert "tool" in tomllib.loads(block.text)
        (folder / "pyproject.toml").write_text(block.text, encoding="utf-8")
        assert settings.load(folder, {}).root == folder


GROUPS = [list(group) for _, group in groupby(HERE, lambda one: (one.page, one.what))]


@pytest.mark.parametrize(
    # Applications are read, changed and taken back: five seconds each.
    "page",
    [pytest.param(page, id=str(page[0]), marks=[pytest.mark.slow] if page[0].what else []) for page in GROUPS],
)
def test_the_commands_of_a_page_run(page: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, as their reader would run them."""
    work = tmp_path / "work"
    shutil.copytree(APPS / page[0].what, work) if page[0].what else work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("SHOPFAST_OBS_STATE", str(tmp_path / "state"))
    for line in (line for block in page for line in block.commands):
        words = line.removeprefix("shopfast-obs ").split()
        ran = CliRunner().invoke(main, words)
        told = (
            {0, 1}
            if any(line.startswith(f"shopfast-obs {t.split()[0]}") and t.split()[-1] in words for t in TELLING)
            else {0}
        )
        assert ran.exit_code in told, f"{line}\n{ran.output}"


def test_every_application_of_the_examples_is_used() -> None:
    """A folder that no page names is nobody's example."""
    assert {path.name for path in APPS.iterdir()} == {one.what for one in HERE if one.how == "app"}
    assert DOCS.is_dir()
