"""`console`: one page beside the application that follows what it does."""

from __future__ import annotations

import socket
import webbrowser

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.errors import UserError

PORT = 4600
TRACES_PRICE = 0.5e-6  # USD for each trace that is retrieved: https://aws.amazon.com/cloudwatch/pricing/ (X-Ray)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Port on 127.0.0.1; 0 takes a free one [default: {PORT}, or a free one where that is taken].",
)
@click.option("--open/--no-open", "opened", default=False, help="Open the page in the browser.")
@options.target
@pass_app
@needs("console")
def command(app: App, *, port: int | None, opened: bool) -> None:
    """Serve a live page of the application on this machine: what it does now, beside the application itself.

    The service map moves with the requests; each request opens its waterfall with its log lines. The page shows
    functions with Timeout, MemorySize and CPU share, alarms, errors, deployments, how busy this machine is, and the
    workshop's exercise. On the local cloud it can hurry alarms and send the project's shoppers. Ctrl-C ends it.

    The page is served on 127.0.0.1 only, and the printed address has a key in it.

    \b
    Examples:
      shopfast-obs console --open
      shopfast-obs console --port 0
      shopfast-obs console --target aws --profile readonly --region eu-west-1
    """
    from shopfast_obs.cli.live.surroundings import Around
    from shopfast_obs.console.board import Board
    from shopfast_obs.console.guard import Guard
    from shopfast_obs.console.interface import ACCOUNT, LOCAL
    from shopfast_obs.console.observer import Observer
    from shopfast_obs.console.page import page
    from shopfast_obs.console.server import Console, serve

    app.target()  # where none answers that is said here, and not on a page
    bound = _bound(port)
    guard, board, around = Guard(bound.getsockname()[1]), Board(), Around(app)
    pace = LOCAL if around.local else ACCOUNT
    observer = Observer(around, pace, board)
    observer.start()

    def ready() -> None:
        app.terminal.out(f"Console: {guard.address}")
        if not around.local:
            hour = 3600 / pace.traces * pace.most * TRACES_PRICE
            app.terminal.say(f"It reads at most {hour:.2f} USD of traces an hour, and calls what is free besides.")
        app.terminal.say("Ctrl-C ends it.")
        if opened:
            webbrowser.open(guard.address)

    try:
        serve(Console(board, around, guard, page()), bound, ready)
    finally:
        observer.stop()
        around.close()


def _bound(port: int | None) -> socket.socket:
    from shopfast_obs.console.server import listening

    try:
        return listening(PORT if port is None else port)
    except OSError as problem:
        if port is None:
            return listening(0)
        raise UserError(f"Port {port} cannot be used: {problem.strerror}.", "Take a free one: --port 0") from None
