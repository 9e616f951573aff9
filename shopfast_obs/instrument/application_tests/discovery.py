"""How an application's tests are run: from its settings and configuration, else from the tests that are there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from configparser import Error as ConfigError
from configparser import RawConfigParser
from dataclasses import replace
from pathlib import Path

from shopfast_obs.errors import SettingsError
from shopfast_obs.instrument.application_tests import commands
from shopfast_obs.instrument.application_tests.interface import Command, Found

NONE = "none"  # the setting of an application whose tests say nothing about its instrumentation
IGNORED = {"node_modules", "venv", "env", "site-packages", "cdk.out", "build", "dist", "__pycache__"}
TEST = re.compile(r"^(test_.*|.*_test|tests?)\.py$")
SECTIONS = (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))
FOLDERS = ("tests", "test", "unit", "unittests", "unit_tests")
MOST_RUNS = 12
MOST = 4000  # files that are looked at
PYTEST = ("-m", "pytest")
UNITTEST = ("-m", "unittest", "discover")


def find(root: Path, setting: str = "", *, pytest: bool = True) -> Found:
    """The commands that run the tests below a folder; none where there are no tests. `pytest` says that there is one.
    Raises SettingsError for a setting that is no command."""
    if setting == NONE:
        return Found()
    if setting:
        try:
            return Found((commands.parsed(setting, "the setting `tests`"),))
        except ValueError as problem:
            raise SettingsError(f"`tests` is no command: {problem}.", "Write it as on a command line.") from None
    tests = list(_tests(root))
    if not tests:
        return Found()
    declared = [*map(_alone, _configured(root, ".")), *commands.declared(root)]
    if declared:
        return Found(declared[0], tuple(_others(declared)))
    return Found(tuple(_nested(root, tests, pytest=pytest)))


def _alone(command: Command) -> tuple[Command, ...]:
    return (command,)


def _others(declared: Sequence[tuple[Command, ...]]) -> Iterator[Command]:
    """Those that would run something else than the first ones."""
    first = {(command.arguments, command.folder) for command in declared[0]}
    yield from (each for own in declared[1:] for each in own if (each.arguments, each.folder) not in first)


def _nested(root: Path, tests: list[Path], *, pytest: bool) -> Iterator[Command]:
    """The runs of each folder that says how its tests are run, then those of the tests that none of them has."""
    said: list[Path] = []
    for folder in _projects(root, tests):
        name = _below(folder, root)
        own = list(_configured(folder, name))
        if not own and not any(folder.is_relative_to(above) for above in said):
            found = next(commands.declared(folder), ())
            own = [replace(each, folder=(Path(name) / each.folder).as_posix()) for each in found]
        said += [folder] if own else []
        yield from own
    yield from _plain(root, [test for test in tests if not any(map(test.is_relative_to, said))], pytest=pytest)


def _tests(root: Path) -> Iterator[Path]:
    left = MOST
    folders = [root]
    while folders and left > 0:
        for path in sorted(folders.pop(0).iterdir()):
            left -= 1
            if path.is_symlink():
                continue
            if path.is_dir() and path.name not in IGNORED and not path.name.startswith("."):
                folders.append(path)
            elif TEST.match(path.name) and path.is_file():
                yield path


def _configured(folder: Path, name: str) -> Iterator[Command]:
    """Pytest, where the folder configures it."""
    try:
        tables = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        tables = {}
    if "pytest" in tables:
        yield Command("pytest", PYTEST, name, "pyproject.toml")
        return
    for file, section in SECTIONS:
        parser = RawConfigParser(strict=False)
        try:
            parser.read_string((folder / file).read_text(encoding="utf-8"))
        except (OSError, ValueError, ConfigError):
            continue
        if parser.has_section(section):
            yield Command("pytest", PYTEST, name, file)
            return


def _projects(root: Path, tests: list[Path]) -> list[Path]:
    """The folders between the root and its tests."""
    found: dict[Path, None] = {}
    for test in tests:
        for folder in test.parents:
            if folder == root:
                break
            found[folder] = None
    return sorted(found)


def _below(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix()


def _plain(root: Path, tests: list[Path], *, pytest: bool) -> Iterator[Command]:
    """A run for each folder of tests, from the folder that they lie in, as people start them. Pytest where there is
    one, because it also runs what unittest runs."""
    groups: dict[Path, Path] = {}
    for test in tests:
        groups.setdefault(_start(test, root), test)
    for folder in list(groups)[:MOST_RUNS]:
        name, source = _below(folder, root), f"{_below(groups[folder], root)} and its like"
        above = {} if folder == root else {"PYTHONPATH": f".:{'/'.join('..' for _ in Path(name).parts)}"}
        if pytest:
            yield Command("pytest", PYTEST, name, source, above)
        else:
            inner = groups[folder].parent.relative_to(folder).as_posix()
            yield Command("unittest", (*UNITTEST, "-s", inner, "-p", "*test*.py"), name, source, above)


def _start(test: Path, root: Path) -> Path:
    """The folder that the outermost folder of tests around a test lies in; without one, the test's own."""
    for folder in reversed([parent for parent in test.parents if parent.is_relative_to(root) and parent != root]):
        if folder.name in FOLDERS:
            return folder.parent
    return test.parent
