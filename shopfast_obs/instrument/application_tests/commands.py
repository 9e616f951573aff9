"""Test commands as people write them: in tox.ini, noxfile.py, a Makefile or a setting. They are read, not run: of a
command that starts pytest or unittest only what selects tests is kept."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from configparser import Error as ConfigError
from configparser import RawConfigParser
from dataclasses import replace
from pathlib import Path

from shopfast_obs.instrument.application_tests.interface import Command

# Programs that only bring the environment that the command behind them runs in.
BEFORE = {"poetry", "uv", "pipenv", "pdm", "hatch", "rye", "run", "coverage", "env", "exec", "time", "@"}
VALUED = {
    "-k", "-m", "-c", "-p", "--ignore", "--rootdir", "--deselect", "-s", "-t", "--import-mode", "-W", "-n", "-o", "-r",
    "--cov-report", "--cov-config", "--tb", "--durations", "--maxfail", "--junitxml", "--junit-xml", "--html",
    "--timeout", "--log-level", "--log-cli-level", "--numprocesses", "--reruns", "--color",
}  # fmt: skip
KEPT = {"-k", "-m", "-c", "--ignore", "--rootdir", "--deselect", "--import-mode"}
TARGETS = ("test", "tests", "unit", "unit-test", "unit-tests", "unittest", "test-unit", "pytest", "check")
VARIABLE = re.compile(r"^(\w+)[ \t]*[:?]{0,2}=[ \t]*([^\n]*?)[ \t]*$", re.MULTILINE)  # of a Makefile
USED = re.compile(r"\$[({](\w+)[)}]")
SEPARATORS = re.compile(r"\s*(?:&&|;|\|\|)\s*")
ASSIGNED = re.compile(r"^([A-Za-z_]\w*)=(.*)$", re.DOTALL)
PYTHON = re.compile(r"^(.*/)?(python[\d.]*|\$\(PYTHON\d?\)|\$\{?PYTHON\d?\}?)$")


def parsed(line: str, source: str) -> Command:
    """The command that a line starts; raises ValueError for a line that is none."""
    folder, environment = ".", {}
    for part in SEPARATORS.split(line.strip()):
        words = shlex.split(part, comments=True)
        while words and (match := ASSIGNED.match(words[0])):
            environment[match[1]] = match[2]
            words.pop(0)
        if len(words) == 2 and words[0] == "cd":
            folder = (Path(folder) / words[1]).as_posix()
        elif words and (known := _known(words)):
            return replace(known, folder=folder, source=source, environment=environment)
    words = shlex.split(line)
    if not words:
        raise ValueError("it is empty")
    return Command("command", tuple(words), source=source)


def _known(words: Sequence[str]) -> Command | None:
    """Pytest or unittest, with what selects tests."""
    words = list(words)
    while words and (words[0].lstrip("@-") in BEFORE or words[0].startswith("-") or PYTHON.match(words[0])):
        if words[0] == "-m" and len(words) > 1 and words[1] in ("pytest", "unittest"):
            words.pop(0)
            break
        if words[0] == "-m":
            words.pop(0)
        words.pop(0)
    name = words[0].lstrip("@-").rpartition("/")[2] if words else ""
    if name in ("pytest", "py.test"):
        return Command("pytest", ("-m", "pytest", *_selecting(words[1:])))
    if name == "unittest":
        return Command("unittest", ("-m", "unittest", *[w for w in words[1:] if w not in ("-v", "--verbose", "-b")]))
    return None


def _selecting(words: Sequence[str]) -> Iterator[str]:
    """Paths and options that select; what reports, measures or parallelises is not needed."""
    rest = iter(words)
    for word in rest:
        name = word.partition("=")[0]
        if not word.startswith("-"):
            if not _open(word):
                yield word
        elif name in VALUED and "=" not in word:
            value = next(rest, "")
            if name in KEPT and not _open(value):
                yield from (word, value)
        elif name in KEPT and not _open(word):
            yield word


def _open(word: str) -> bool:
    """True for what only the shell or the tool that runs it can fill in."""
    return any(mark in word for mark in ("{", "$", "%", "|", ">"))


def declared(root: Path) -> Iterator[tuple[Command, ...]]:
    """Those of tox, nox and make, in this order: of each what its first environment, session or target with tests
    runs."""
    for parts, source in ((_tox(root), "tox.ini"), (_nox(root), "noxfile.py"), (_make(root), "Makefile")):
        found = next(filter(None, (tuple(_running(lines, source)) for lines in parts)), None)
        if found:
            yield found


def _running(lines: Sequence[str], source: str) -> Iterator[Command]:
    for line in lines:
        try:
            command = parsed(line, source)
        except ValueError:
            continue
        if command.kind != "command":
            yield command


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _tox(root: Path) -> Iterator[Sequence[str]]:
    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(_text(root / "tox.ini"))
    except ConfigError:
        return
    for section in parser.sections():
        if section.startswith("testenv"):
            yield parser.get(section, "commands", fallback="").splitlines()


def _nox(root: Path) -> Iterator[Sequence[str]]:
    try:
        tree = ast.parse(_text(root / "noxfile.py"))
    except (SyntaxError, ValueError):
        return
    for session in tree.body:
        yield [
            shlex.join(a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
            for node in ast.walk(session)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run"
        ]


def _make(root: Path) -> Iterator[Sequence[str]]:
    """The lines of each target that is named as those for tests are, with the variables that the Makefile sets."""
    text = _text(root / "Makefile").replace("\\\n", " ")
    values = dict(VARIABLE.findall(text))
    for target in TARGETS:
        match = re.search(rf"^{target}\s*:(?!=)[^\n]*\n((?:\t[^\n]*(?:\n|$)|\s*\n)*)", text, re.MULTILINE)
        if match:
            lines = (USED.sub(lambda used: values.get(used[1], used[0]), line) for line in match[1].splitlines())
            yield [line.strip().lstrip("@-") for line in lines if line.strip()]
