"""The command line: one module a command, loaded only when it runs, so that `--help` is instant."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs import __version__
from shopfast_obs.errors import (
    EXIT_DEFECT,
    EXIT_STOPPED,
    EXIT_UNREAD,
    EXIT_USER_ERROR,
    ShopfastObsError,
    UserError,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

DEBUG = "--debug"
SELDOM = (
    50_000,
    20,
    20,
)  # a command makes little garbage: looking for it each 700 objects took a fifteenth of its time
atexit.register(gc.freeze)  # nor does Python look for it when the process ends, which took a tenth of a deployment's

# name -> one line of help; the module of the same name holds the command as `command`
COMMANDS = {
    "deploy": "Deploy the application, to the local cloud or to AWS.",
    "destroy": "Remove what deploy made.",
    "status": "What is deployed, where, and whether it is healthy.",
    "cloud": "Start, stop and inspect the local cloud.",
    "traffic": "Send seeded, realistic shoppers.",
    "diagnose": "Find what is wrong, with evidence.",
    "explain": "What a rule of diagnose looks for.",
    "instrument": "Add traces, structured logs and metrics to the functions.",
    "uninstrument": "Take out what instrument added, and nothing else.",
    "fix": "Change the configuration that the evidence speaks against.",
    "tune": "Measure a function at several memory sizes, and choose one.",
    "alarms": "Derive alarms from the configuration.",
    "report": "Report on traces, errors, and what a change would bring.",
    "trace": "Show one trace as a waterfall, with its log lines.",
    "compare": "Say what changed between two sets of traces.",
    "logs": "Find the log lines that belong together, across all groups.",
    "console": "Follow the application on a live page, beside it.",
    "runbook": "Read a runbook, and do its steps one by one.",
    "workshop": "Learn it: exercises that are checked by behaviour.",
    "mcp": "Serve the commands that read to agents (Model Context Protocol).",
    "undo": "Take the last change back.",
    "init": "Begin a project: ShopFast in a new folder, or settings for your own application.",
    "completion": "Print the script by which a shell completes commands.",
    "demo": "The whole story in one go, on a copy.",
}


# Those that only read. They tell of a change that was interrupted; who changes something takes it back.
READING = frozenset({"status", "diagnose", "report", "trace", "compare", "logs"})


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the story."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"shopfast_obs.cli.{cmd_name}").command
        command.name = cmd_name
        return command if any(DEBUG in option.opts for option in command.params) else _with_debug(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that a shell may complete; click's own would import every command for it."""
        from click.shell_completion import CompletionItem

        named = [CompletionItem(name, help=help_) for name, help_ in COMMANDS.items() if name.startswith(incomplete)]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or one sentence that names the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command; a wrong usage and Ctrl-C are told as every other error is."""
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as wrong:
            where = (wrong.ctx or ctx).command_path
            _tell(UserError(sentence(wrong.format_message()), f"See: {where} --help"))
            ctx.exit(EXIT_USER_ERROR)
        except KeyboardInterrupt:
            _tell(UserError("It was stopped before its end.", "Run the command again; it goes on from there."))
            ctx.exit(EXIT_STOPPED)
        except BrokenPipeError:
            _to_nobody()
            ctx.exit(EXIT_UNREAD)

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run the command line: an error becomes one sentence, the next command and its exit code."""
        gc.set_threshold(*SELDOM)
        given = kwargs.get("args", args[0] if args else None)
        arguments = list(sys.argv[1:] if given is None else given)
        try:
            return super().main(*args, **kwargs)
        except Exception as problem:
            from shopfast_obs.cli.output import defect_report, problems

            debug = DEBUG in arguments
            said = problems.for_people(problem)
            if said is None:
                defect_report.tell(problem, arguments, debug=debug)
                sys.exit(EXIT_DEFECT)
            if debug:
                traceback.print_exception(problem)
            problems.tell(said)
            sys.exit(said.exit_code)


def _with_debug(command: click.Command) -> click.Command:
    """The command with --debug wherever people write it; its help has it once, on top."""
    command.params.append(click.Option([DEBUG], is_flag=True, expose_value=False, hidden=True))
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _with_debug(inner)
    return command


def sentence(text: str) -> str:
    """The text with a full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _to_nobody() -> None:
    """What is left of the output goes nowhere, so that its end does not fail, too."""
    with suppress(OSError, ValueError):  # a stream of a test has no number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _tell(said: ShopfastObsError) -> None:
    from shopfast_obs.cli.output import problems

    problems.tell(said)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shopfast-obs")
@click.option(DEBUG, is_flag=True, expose_value=False, help="Show the traceback of an error, too.")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Give sight to Python serverless applications that run blind.

    \b
    The story in five commands:
      shopfast-obs deploy
      shopfast-obs traffic --scenario browse --duration 20
      shopfast-obs diagnose
      shopfast-obs instrument --apply && shopfast-obs fix --apply
      shopfast-obs deploy

    Exit codes: 0 clean, 1 findings, 2 usage or user error, or nothing could be read, 3 the cloud could not be reached,
    4 clean as far as it was read, which was only a part (--allow-partial: 0), 70 a defect of this tool, 130 stopped,
    141 nobody read the output to its end (`| head`).
    """
    from shopfast_obs.environments import importing

    importing.lend(_say)
    if ctx.invoked_subcommand in READING:
        from shopfast_obs.cli.app import App
        from shopfast_obs.cli.targets import interrupted_changes

        interrupted_changes.mention(ctx.ensure_object(App))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of the command line with these arguments (those of the process by default)."""
    try:
        main.main(args=list(arguments) if arguments is not None else None, standalone_mode=True)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else int(bool(leave.code))
    return 0


if __name__ == "__main__":
    sys.exit(run())
