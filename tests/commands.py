"""Whether a command line of ours exists: the command, its arguments and its options, by click's own parser."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from shopfast_obs.cli import main

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


def mentioned(text: str) -> Iterator[str]:
    """The commands that a sentence names, each with the options behind it."""
    for found in re.finditer(r"shopfast-obs ([a-z]+(?: (?:plan|apply|wait|env|list|[a-z]+))?[^;&\n`)]*)", text):
        line = re.split(r"[.,:] |[.,:]$| \(|\)", found[1])[0]
        yield f"shopfast-obs {line}"
