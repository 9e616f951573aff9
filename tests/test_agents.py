"""The texts for agents: every command and every path that they name exists."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from shopfast_obs.cli import COMMANDS, main
from shopfast_obs.cli.mcp import TEXTS
from tests.commands import parsed
from tests.test_architecture import PACKAGE

ROOT = PACKAGE.parent
FILES = [ROOT / "AGENTS.md", ROOT / "docs/agents.md", *(PACKAGE / "agents" / name for name in TEXTS.values())]
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
TEMPLATES = ("template.yaml", "evidence.json.gz", "before.json", "after.json")


def commands(text: str) -> Iterator[str]:
    """The commands of ours in code blocks and between backticks."""
    found = re.findall(r"(?m)^\$ (.*)$", text) + re.findall(r"`([^`\n]+)`", text)
    for line in found:
        yield from (part for part in re.split(r" && | >>? ", line) if part.startswith("shopfast-obs "))


def paths(text: str, folder: Path) -> Iterator[Path]:
    """The files and folders that links lead to and that stand between backticks."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            yield next((path for path in (folder / target, ROOT / target) if path.exists()), folder / target)
    for said in re.findall(r"`([\w.-]+/[\w./-]*)`", text):
        if not said.startswith(".venv"):
            yield ROOT / said


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_command_exists(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its arguments and options, by click's own parser."""
    monkeypatch.chdir(tmp_path)
    for name in TEMPLATES:
        (tmp_path / name).touch()
    found = list(commands(path.read_text(encoding="utf-8")))
    for line in found:
        assert "--" not in line.split() or line.endswith("template.yaml")
        parsed(line)
        assert shlex.split(line)[1] in COMMANDS
    assert found or path == ROOT / "AGENTS.md"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_path_exists(path: Path) -> None:
    """And every target of make."""
    text = path.read_text(encoding="utf-8")
    assert [str(one) for one in paths(text, path.parent) if not one.exists()] == []
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert set(re.findall(r"`make ([a-z-]+)`", text)) <= targets


def test_the_checks_break_where_a_text_is_wrong(tmp_path: Path) -> None:
    """Or they would keep nothing."""
    assert list(commands("`shopfast-obs fix` and\n$ cd x && shopfast-obs undo --list")) == [
        "shopfast-obs undo --list",
        "shopfast-obs fix",
    ]
    assert [one.exists() for one in paths("[a](nowhere.md#x), `docs/agents.md`, `docs/none.md`", tmp_path)] == [
        False,
        True,
        False,
    ]


def test_the_skill_is_one_that_agents_load() -> None:
    """Its front matter has a name as folders have it, and says in a bounded sentence when to use it."""
    head = yaml.safe_load((PACKAGE / "agents/SKILL.md").read_text(encoding="utf-8").split("---\n")[1])
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", head["name"])
    assert 0 < len(head["description"]) <= 1024
    assert "Use it when" in head["description"]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_package_brings_the_texts(name: str) -> None:
    """The command prints them, also where the extra is not installed."""
    done = CliRunner().invoke(main, ["mcp", "--print", name])
    assert done.exit_code == 0
    assert done.stdout == (PACKAGE / "agents" / TEXTS[name]).read_text(encoding="utf-8")


def test_the_index_names_the_commands_that_there_are() -> None:
    """One that is missing is one that nobody needs to know: of the workshop and of deployment."""
    text = (PACKAGE / "agents/llms.txt").read_text(encoding="utf-8")
    named = {line.split()[1] for line in commands(text)}
    unnamed = {"deploy", "destroy", "status", "cloud", "traffic", "workshop", "demo", "init", "completion"}
    assert set(COMMANDS) - named <= unnamed
