"""`destroy`: remove what deploy made."""

from __future__ import annotations

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, pass_app
from shopfast_obs.cli.deploy import project
from shopfast_obs.errors import EXIT_USER_ERROR


@click.command()
@options.target
@click.option("--yes", is_flag=True, help="Do not ask (needed on AWS where nobody can answer).")
@pass_app
def command(app: App, yes: bool) -> None:
    """Remove the application's stacks from the target. The local cloud itself goes on; `cloud stop` ends it.

    \b
    Example:
      shopfast-obs destroy
    """
    from shopfast_obs.cloud.deploy.lock import held

    where = app.target()
    if where.name == "aws" and not yes and not app.terminal.confirm(f"Delete the stacks in {where.region}?"):
        app.terminal.say("Nothing was deleted. To delete without a question: shopfast-obs destroy --target aws --yes")
        app.exit(EXIT_USER_ERROR)
    with (
        held(app.settings.state_dir / "deploy.lock", "deployment"),
        app.terminal.progress("looking for stacks") as progress,
    ):
        gone = project(app, progress.update).down()
    for name in gone:
        app.terminal.out(f"{name:<28} deleted")
    if not gone:
        app.cloud().stacks()  # one that does not answer may have it all
        app.terminal.say("Nothing is deployed here.")
