"""The command line: one module a command, loaded only when it runs, so that `--help` is instant."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from shopfast_obs import __version__
from shopfast_obs.errors import EXIT_DEFECT, EXIT_USER_ERROR, ShopfastObsError, UserError

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
    "report": "Report on traces and errors.",
    "trace": "Show one trace as a waterfall, with its log lines.",
    "compare": "Say what changed between two sets of traces.",
    "logs": "Find the log lines that belong together, across all groups.",
    "workshop": "Learn it: exercises that are checked by behaviour.",
    "undo": "Take the last change back.",
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
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

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
        """Run the command; an error of ours becomes one sentence, the next command and its exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            said = _for_people(problem)
            if said is None:
                raise
            _tell(said)
            ctx.exit(said.exit_code)

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run the command line. A defect keeps its traceback, and has an exit code that no other outcome has."""
        try:
            return super().main(*args, **kwargs)
        except OSError as problem:
            _tell(_refused(problem))
            sys.exit(EXIT_USER_ERROR)
        except Exception:
            traceback.print_exc()
            click.echo("This is a defect of shopfast-obs; the lines above tell where.", err=True)
            sys.exit(EXIT_DEFECT)


def _for_people(problem: Exception) -> ShopfastObsError | None:
    """The error as one of ours, or None for a defect, which keeps its traceback."""
    if isinstance(problem, ShopfastObsError):
        return problem
    if isinstance(problem, OSError) and problem.errno != errno.EPIPE:  # a closed pipe ends the command, as `head` wants
        return _refused(problem)
    if type(problem).__module__.partition(".")[0] != "botocore":
        return None
    from shopfast_obs.cloud.session import refused

    return refused(problem)


def _refused(problem: OSError) -> ShopfastObsError:
    """What the system refused, as a person can mend it: a full disk, a read-only folder, a missing permission."""
    what = str(problem.filename or "") or ("the output" if _output_is_lost() else "a file or connection")
    return UserError(f"{what} cannot be used: {problem.strerror or problem}.", "Mend it, then run the command again.")


def _output_is_lost() -> bool:
    """True when standard output takes nothing more; then what is left for it goes nowhere, and nothing fails again."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
        return True
    return False


def _tell(said: ShopfastObsError) -> None:
    with suppress(OSError):  # standard error may be as full
        click.echo(f"Error: {said.message}", err=True)
        if said.hint:
            click.echo(f"  {said.hint}", err=True)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shopfast-obs")
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

    Exit codes: 0 clean, 1 findings, 2 usage or user error, 3 the cloud could not be reached, 4 a defect of this tool.
    """
    if ctx.invoked_subcommand in READING:
        from shopfast_obs.cli import interrupted
        from shopfast_obs.cli.app import App

        interrupted.mention(ctx.ensure_object(App))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of the command line with these arguments (those of the process by default)."""
    try:
        main.main(args=list(arguments) if arguments is not None else None, standalone_mode=True)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else int(bool(leave.code))
    return 0


if __name__ == "__main__":
    sys.exit(run())
