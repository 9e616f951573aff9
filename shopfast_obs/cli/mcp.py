"""`mcp`: the server for agents. It starts the other commands as processes, and is handed here how that is done."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import click

from shopfast_obs import extras
from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app

# -P: a module of the project must not stand in for one of Python's.
PROGRAM = (sys.executable, "-P", "-c", "from shopfast_obs.cli import main; main(prog_name='shopfast-obs')")
TEXTS = {"skill": "SKILL.md", "agents": "AGENTS.md", "llms": "llms.txt"}
FOLDER = click.Path(path_type=Path)


@click.command()
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="DIR",
    type=FOLDER,
    help="A folder that may be read (repeat); commands run in the first [default: the working directory].",
)
@click.option(
    "--evidence",
    metavar="DIR",
    type=FOLDER,
    help="Add a tool that records what is deployed, into this folder outside of the others.",
)
@click.option(
    "--timeout",
    "seconds",
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    type=click.FloatRange(1),
    help="End a command that takes longer.",
)
@click.option(
    "--print",
    "printed",
    type=click.Choice(sorted(TEXTS)),
    help="Print a text for agents (a skill, instructions for a project, an index), and serve nothing.",
)
@options.target
@pass_app
def command(app: App, *, roots: tuple[Path, ...], evidence: Path | None, seconds: float, printed: str | None) -> None:
    """Serve the commands that read to agents, over the Model Context Protocol on standard input and output.

    Tools: diagnose, explain, report_traces, report_errors, trace, logs, compare, lint_alarms, and plans, which nobody
    applies here: plan_fix, plan_instrument, plan_alarms. None writes into the project. Each answer is JSON, bounded,
    secrets masked, with what the application wrote marked as data.

    Which cloud is looked at is said here, and not by the agent. AWS credentials come from the server's environment;
    most clients pass on only what their configuration names in `env`.

    \b
    A client's configuration:
      {"mcpServers": {"shopfast-obs": {"command": "shopfast-obs", "args": ["mcp", "--root", "/path/to/project"]}}}

    \b
    Examples:
      shopfast-obs mcp
      shopfast-obs mcp --root . --root ../saved-traces
      shopfast-obs mcp --target aws --profile readonly --region eu-west-1 --evidence ~/.cache/shopfast-obs/evidence
      shopfast-obs mcp --print skill > .claude/skills/shopfast-obs/SKILL.md
    """
    if printed:
        app.terminal.raw((files("shopfast_obs") / "agents" / TEXTS[printed]).read_text(encoding="utf-8"))
        return
    extras.require("mcp")
    from shopfast_obs.mcp import allowed_paths
    from shopfast_obs.mcp.server import Server

    if sys.stdin.isatty():
        app.terminal.say("Waiting for a client on standard input; a client starts this command itself: mcp --help")
    where = allowed_paths.made(roots or (Path(),), evidence.expanduser() if evidence else None)
    Server(PROGRAM, where, _target(app), seconds).serve()


def _target(app: App) -> tuple[str, ...]:
    """The options that name the cloud, as they were given here."""
    said = {
        "--target": app.target_name if app.target_named else "",
        "--profile": app.profile,
        "--region": app.region,
    }
    return tuple(f"{option}={value}" for option, value in said.items() if value)
