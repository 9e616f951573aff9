"""`workshop`: exercises that are checked by behaviour."""

from __future__ import annotations

import click

from shopfast_obs.cli.classroom import gameday, learning, overview, seats


@click.group()
def command() -> None:
    """Learn it: exercises on the deployed application, judged by what it does under traffic.

    An exercise is named by its id or the beginning of it; without one, commands mean the one that you started last.

    \b
    Examples:
      shopfast-obs workshop list
      shopfast-obs workshop start
      shopfast-obs workshop check
    """


for _command in (*overview.COMMANDS, *learning.COMMANDS, gameday.gameday, *seats.COMMANDS):
    command.add_command(_command)
