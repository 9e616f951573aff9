"""The reference is what the code says, and nothing that a user can set or call is missing in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from docs.generators import commands, exits, settings
from docs.generators.everything import DOCS, pages
from shopfast_obs import errors
from shopfast_obs.alarms.catalogue import kinds
from shopfast_obs.instrument.registry import all_codemods

ROOT = DOCS.parent
PACKAGE = ROOT / "shopfast_obs"
WRITTEN = cache(pages)
GUIDE = DOCS / "guides/alarms.md"


@pytest.mark.parametrize("name", sorted(WRITTEN()))
def test_the_page_is_what_the_code_says(name: str) -> None:
    """Drift in either direction fails; `python -m docs.generators` writes the pages again."""
    assert (DOCS / name).is_file(), f"write it: python -m docs.generators ({name})"
    assert (DOCS / name).read_text(encoding="utf-8") == WRITTEN()[name], "write it: python -m docs.generators"


def test_no_page_is_left_of_a_command_that_is_gone() -> None:
    """The folder of commands has no other page."""
    there = {str(path.relative_to(DOCS)) for path in (DOCS / commands.FOLDER).glob("*.md")}
    assert there == {name for name in WRITTEN() if name.startswith(commands.FOLDER)}


def test_every_option_and_argument_is_explained() -> None:
    """An option without a help text has an empty cell, which helps nobody."""
    silent = [
        (name, shown)
        for name, command in commands.commands().items()
        for shown, said in commands.options(command)
        if not re.sub(r"\[.*?\]", "", said).strip()
    ]
    assert silent == []


def test_every_command_has_an_example() -> None:
    """In its help, and so on its page."""
    bare = [name for name, command in commands.commands().items() if "Example" not in (command.help or "")]
    assert bare == []


def test_every_setting_is_explained_and_no_other() -> None:
    """A field that the code takes from pyproject.toml."""
    assert set(settings.SETTINGS) == settings.known()


def test_every_environment_variable_is_explained_and_no_other() -> None:
    """Those of our own and of XDG that any module has, and all that the settings read."""
    named = set(settings.COMMANDS) | set(settings.FUNCTIONS)
    everywhere = set(texts(PACKAGE.rglob("*.py")))
    own = {name for name in everywhere if re.match(r"SHOPFAST_OBS_|XDG_\w+_HOME$", name)}
    read = own | {name for name in texts([PACKAGE / "settings.py"]) if name.startswith("AWS_")}
    assert named & settings.INTERNAL == set()
    assert read == {name for name in named | settings.INTERNAL if name.startswith(("SHOPFAST_OBS_", "XDG_", "AWS_"))}
    assert named - read <= everywhere | {"NO_COLOR"}  # which rich reads


def test_every_exit_code_is_explained() -> None:
    """The constants of errors.py are the codes of the page."""
    known = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert known == set(exits.EVERYWHERE) | {code for own in exits.OWN.values() for code in own}
    assert set(exits.OWN) | exits.WITHOUT_CLOUD <= set(commands.commands())


def test_a_command_that_may_end_with_findings_says_so() -> None:
    """Whoever uses EXIT_FINDINGS has a sentence on 1, and nobody else."""
    using = {name for name in commands.COMMANDS if "EXIT_FINDINGS" in module_of(name) or "failing=" in module_of(name)}
    assert using <= {name.split()[0] for name, own in exits.OWN.items() if 1 in own}


@pytest.mark.parametrize("codemod", all_codemods(), ids=lambda one: one.id)
def test_every_codemod_is_on_its_page(codemod: object) -> None:
    """In the table that says what each changes."""
    assert f"| `{codemod.id}` |" in (DOCS / "reference/codemods.md").read_text(encoding="utf-8")  # type: ignore[attr-defined]


def test_the_guide_has_every_kind_of_alarm_and_no_other() -> None:
    """The table with metrics and thresholds."""
    table = GUIDE.read_text(encoding="utf-8").partition("## The kinds")[2].partition("\n\n`logged-errors` is")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(name for row in rows for name in re.findall(r"`([a-z][a-z0-9-]+)`", row)) == sorted(
        k.id for k in kinds()
    )


def test_an_option_that_goes_away_fails_its_page() -> None:
    """What this module compares tells of a flag: its page is another without it."""
    command = commands.commands()["deploy"]
    assert isinstance(command, click.Command)
    kept = command.params
    try:
        command.params = [one for one in kept if one.name != "profile"]
        assert "`--profile NAME`" not in dict(commands.pages())[f"{commands.FOLDER}/deploy.md"]
    finally:
        command.params = kept
    assert "`--profile NAME`" in (DOCS / commands.FOLDER / "deploy.md").read_text(encoding="utf-8")


def module_of(command: str) -> str:
    """The source of the command's module."""
    return (PACKAGE / f"cli/{command}.py").read_text(encoding="utf-8")


def texts(paths: Iterator[Path] | list[Path]) -> Iterator[str]:
    """Every string of the modules that could be the name of an environment variable."""
    for path in paths:
        source = path.read_text(encoding="utf-8")
        yield from re.findall(r"[\"']([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)[\"']", source)
