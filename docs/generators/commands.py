"""A page for each command: its help, arguments, options and exit codes, from click."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from docs.generators.exits import codes
from docs.generators.markdown import WRITTEN, code, plain, table, tree
from shopfast_obs.cli import COMMANDS, main

FOLDER = "reference/commands"


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of each page."""
    yield f"{FOLDER}/index.md", "\n".join(_index()) + "\n"
    for name, command in commands().items():
        if " " not in name:
            yield f"{FOLDER}/{name}.md", "\n".join(_page(name, command)) + "\n"


def commands() -> dict[str, click.Command]:
    """Every command by its name, those of groups behind their group: `cloud`, `cloud start`."""
    top = click.Context(main, info_name="shopfast-obs")
    return {name: found for one in COMMANDS for name, found in _walk(one, main.get_command(top, one))}


def _walk(name: str, command: click.Command | None) -> Iterator[tuple[str, click.Command]]:
    assert command is not None, name
    yield name, command
    if isinstance(command, click.Group):
        for inner in command.list_commands(click.Context(command)):
            yield from _walk(f"{name} {inner}", command.get_command(click.Context(command), inner))


def _index() -> Iterator[str]:
    yield from ("# Commands", "", WRITTEN, "")
    yield from table(
        ("command", "what it does"), ((f"[{name}]({name}.md)", plain(COMMANDS[name])) for name in COMMANDS)
    )
    yield from (
        "",
        "Every command takes `--debug`, which adds the traceback to the message of an error, and `-h` or `--help`.",
        "",
    )
    yield from ("`shopfast-obs --version` prints the version.", "")
    yield from tree(COMMANDS)


def _page(name: str, command: click.Command) -> Iterator[str]:
    yield from (f"# {name}", "", WRITTEN, "", *_body(name, command))
    if isinstance(command, click.Group):
        for inner, one in commands().items():
            if inner.startswith(f"{name} "):
                yield from ("", f"## {inner}", "", *_body(inner, one))


def _body(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"shopfast-obs {name}")
    yield from ("```text", " ".join((context.command_path, *command.collect_usage_pieces(context))), "```", "")
    yield from _help(command.help or "")
    rows = [(code(shown), plain(said)) for shown, said in options(command)]
    if rows:
        yield from ("", *table(("option", "what it does"), rows))
    if not isinstance(command, click.Group):
        yield from ("", *table(("exit code", "when"), ((str(number), plain(when)) for number, when in codes(name))))


def options(command: click.Command) -> Iterator[tuple[str, str]]:
    """How each option is written, and what its help says; without --help and --debug, which all have."""
    context = click.Context(command)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record and "--help" not in parameter.opts:
            yield record


def _help(text: str) -> Iterator[str]:
    """The help: its paragraphs, and its examples as a block."""
    said, _, shown = re.sub(r"\x08\n?", "", inspect.cleandoc(text)).partition("Example")
    paragraphs = [plain(one) for one in said.split("\n\n") if one.strip()]
    yield "\n\n".join(paragraphs)
    lines = [line.strip() for line in shown.partition(":")[2].splitlines() if line.strip()]
    if lines:
        yield from ("", "```console", *(f"$ {line}" for line in lines), "```")
