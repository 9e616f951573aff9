"""Whether a command line of ours exists: the command, its arguments and its options, by click's own parser."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from shopfast_obs.cli import COMMANDS, main

AFTER = re.compile(r"(?:: |[$`(] ?|Run |See |Next )$")  # what is behind it is a command, known or not
SHELL = 'eval "$(shopfast-obs cloud env)" && '


def parsed(line: str) -> click.Context | None:
    """The context of the parsed command, which does not run; None for a group alone. Raises click.UsageError, or
    AssertionError for a command that does not exist."""
    words = [word for word in shlex.split(line)[1:] if word != "..."]
    command, context = _command(words)
    return command.make_context(command.name, words, parent=context) if words else None


def options(line: str) -> set[str]:
    """The options of the command that a line begins with; raises AssertionError where there is none."""
    command, _ = _command(line.split()[1:])
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


def _command(words: list[str]) -> tuple[click.Command, click.Context]:
    """The command that the words name, which are taken from them, and the context of its group."""
    command: click.Command = main
    context = click.Context(main, info_name="shopfast-obs")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command = found
        if isinstance(command, click.Group):
            context = click.Context(command, parent=context, info_name=name)
    return command, context


def commands_in(path: Path) -> Iterator[str]:
    """The commands that the texts of a module name, each with the options behind it; what a text leaves open is ONE."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from _named("".join(str(v.value) if isinstance(v, ast.Constant) else " ONE " for v in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield from _named(node.value)


def _named(text: str) -> Iterator[str]:
    """`shopfast-obs NAME ...` up to the end of the clause; a placeholder for the whole command names none."""
    for found in re.finditer(r"shopfast-obs ([a-z]+[^;&|\n`)(\"]*)", text):
        line = re.split(r"[.,:](?: |$)", found[1])[0].strip()
        if line.split()[0] in COMMANDS or AFTER.search(text[: found.start()]):
            yield f"shopfast-obs {line}"
