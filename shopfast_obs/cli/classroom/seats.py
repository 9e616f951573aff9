"""The commands of `workshop` for a seat as a whole and for who holds the workshop: doctor, down, roll-call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from shopfast_obs.workshop.roll_call import Seat


@click.command("doctor")
@options.target
@options.output("text", "json")
@pass_app
def doctor(app: App, output_format: str) -> None:
    """Look whether this seat is ready: machine, tools, cloud, and each function really invoked. Exit 1 where not.

    \b
    Example:
      shopfast-obs workshop doctor
    """
    from shopfast_obs.cli.classroom.readiness import examined

    found = examined(app)
    wrong = [one for one in found if not one.ok]
    if output_format == "json":
        app.terminal.json({"ready": not wrong, "checks": found})
    else:
        app.terminal.table(("", "what", "how it is"), [("ok" if o.ok else "not yet", o.what, o.said) for o in found])
        for one in wrong:
            app.terminal.say(f"{one.what}: {one.remedy}")
        if not wrong:
            app.terminal.say("Ready. Next: shopfast-obs workshop start")
    app.exit(EXIT_FINDINGS if wrong else 0)


@click.command("down")
@pass_app
@needs("local")
def down(app: App) -> None:
    """End the seat: stop its local cloud, and look that nothing is left running. Files and progress stay. Exit 1 where
    something is left.

    \b
    Example:
      shopfast-obs workshop down
    """
    from shopfast_obs.cli.classroom.learner import Classroom
    from shopfast_obs.cli.classroom.readiness import left_running

    room = Classroom(app)
    room.run("cloud stop")
    left = left_running(app)
    for name in left:
        app.terminal.out(f"still running: {name}")
    app.terminal.out(f"{len(left)} processes of this seat are left.")
    app.exit(EXIT_FINDINGS if left else 0)


@click.command("roll-call")
@click.option("--plan", "seats", type=click.IntRange(1, 500), metavar="N", help="Print ports and memory for N seats.")
@click.option(
    "--port", default=4600, show_default=True, type=click.IntRange(0, 65535), help="Where to listen (loopback)."
)
@click.option("--for", "seconds", default=7200.0, show_default=True, type=click.FloatRange(0), help="Seconds.")
@options.output("text", "json")
@pass_app
def roll_call(app: App, seats: int | None, port: int, seconds: float, output_format: str) -> None:
    """Serve the progress of the seats that began with `start --seat NAME --to URL`, on this machine's loopback.

    Seats on other machines come through a tunnel, such as `ssh -L`. With --plan, what N seats on one machine take.

    \b
    Examples:
      shopfast-obs workshop roll-call --plan 30
      shopfast-obs workshop roll-call --port 4600
    """
    from shopfast_obs.cli.classroom.roll_call_server import serving
    from shopfast_obs.workshop import roll_call as call

    if seats is not None:
        plan = call.plan(seats)
        if output_format == "json":
            app.terminal.json({"seats": plan, "memory_mb": call.memory(seats)})
            return
        app.terminal.table(("seat", "start its cloud with"), [(f"seat-{p.number}", p.command) for p in plan])
        said = f"{seats} seats take about {call.memory(seats):,} MB of memory and a core for each two that are busy."
        app.terminal.say(said)
        return
    shown: tuple[Seat, ...] = ()
    with serving(port) as room:
        app.terminal.say(f"Seats begin with: shopfast-obs workshop start --seat NAME --to {room.url}")
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            now = room.seats()
            if now != shown:
                _show(app, now, output_format)
                shown = now
            time.sleep(min(1.0, max(0.0, ends - time.monotonic())))


def _show(app: App, seats: tuple[Seat, ...], output_format: str) -> None:
    if output_format == "json":
        app.terminal.json(seats)
        return
    rows = [(seat.name, seat.exercise, seat.state, str(seat.passed), str(seat.hints)) for seat in seats]
    app.terminal.table(("seat", "exercise", "state", "passed", "hints"), rows)


COMMANDS = (doctor, down, roll_call)
