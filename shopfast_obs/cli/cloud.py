"""`shopfast-obs cloud`: the local cloud as a process."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shopfast_obs.cli import options
from shopfast_obs.cli.app import App, needs, pass_app
from shopfast_obs.errors import EXIT_UNREACHABLE, CloudUnreachableError

if TYPE_CHECKING:
    from shopfast_obs.localcloud.process import CloudInfo

state_option = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the cloud's state (default: the project's).",
)


@click.group()
def command() -> None:
    """Start, stop and inspect the local cloud.

    \b
    Examples:
      shopfast-obs cloud start
      eval "$(shopfast-obs cloud env)" && aws s3 ls
      shopfast-obs cloud stop
    """


@command.command()
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Port on 127.0.0.1 (default 4566).")
@click.option("--adopt", is_flag=True, help="Use a state that was made elsewhere: a moved or restored one of yours.")
@state_option
@pass_app
@needs("local")
def start(app: App, port: int | None, adopt: bool, state: Path | None) -> None:
    """Start the cloud in the background; returns when it is ready.

    The first start installs what cannot stand beside the application's packages into environments of its own below the
    user's cache, with the user's pip or uv (see: shopfast-obs cloud environment).

    \b
    Example:
      shopfast-obs cloud start --port 4567
    """
    from shopfast_obs.localcloud import process
    from shopfast_obs.state import make_state_folder

    if state is None:
        make_state_folder(app.settings.state_dir)
    with app.terminal.progress("starting the local cloud") as progress:
        using = process.Using(app.settings.runtime_boto3, progress.update)
        info = process.start(_state(app, state), port, app.settings.region, adopt=adopt, using=using)
    app.terminal.out(f"The local cloud is ready at {info.endpoint_url}")
    if app.settings.endpoint_url and app.settings.endpoint_url.rstrip("/") != info.endpoint_url:
        app.terminal.warn(
            f"AWS_ENDPOINT_URL is {app.settings.endpoint_url}, so commands here ask that cloud, not this one. "
            'Next: eval "$(shopfast-obs cloud env)", or: unset AWS_ENDPOINT_URL'
        )


@command.command()
@click.option("--quiet", is_flag=True, help="Say nothing.")
@state_option
@pass_app
@needs("local")
def stop(app: App, quiet: bool, state: Path | None) -> None:
    """Stop the cloud; what is deployed comes back with the next start.

    \b
    Example:
      shopfast-obs cloud stop
    """
    from shopfast_obs.localcloud import process

    ran = process.stop(_state(app, state))
    if not quiet:
        app.terminal.out("The local cloud is stopped." if ran else "No local cloud was running.")


@command.command()
@options.output("text", "json")
@state_option
@pass_app
@needs("local")
def status(app: App, output_format: str, state: Path | None) -> None:
    """Show whether the cloud runs, where, and since when; exit code 3 when it does not run.

    \b
    Example:
      shopfast-obs cloud status --format json
    """
    from shopfast_obs.localcloud import process

    folder = _state(app, state)
    info = process.status(folder)
    answer = process.health(info) if info else None
    if output_format == "json":
        described = process.describe(info) if info else {"state": str(folder)}
        app.terminal.json({"running": info is not None, **described, "health": answer})
    else:
        _print_status(app, info, answer)
    if info is None:
        app.exit(EXIT_UNREACHABLE)


@command.command()
@click.option("-f", "--follow", is_flag=True, help="Go on as the log grows; Ctrl-C ends.")
@click.option("-n", "--lines", type=click.IntRange(0), default=100, show_default=True, help="How many last lines.")
@click.option("--previous", is_flag=True, help="The log of the cloud that ran before: why it ended.")
@state_option
@pass_app
@needs("local")
def logs(app: App, follow: bool, lines: int, previous: bool, state: Path | None) -> None:
    """Print the cloud's own log.

    \b
    Example:
      shopfast-obs cloud logs --follow
    """
    from shopfast_obs.localcloud import process
    from shopfast_obs.localcloud.state.process_files import LAST_LOG, LOG

    folder = _state(app, state)
    if previous:
        for line in process.tail(folder, lines, LAST_LOG):
            app.terminal.out(line)
        return
    path = folder / LOG
    if not path.exists():
        raise CloudUnreachableError(f"No local cloud ever ran for {folder}.", "Start it: shopfast-obs cloud start")
    position = path.stat().st_size
    for line in process.tail(folder, lines):
        app.terminal.out(line)
    while follow:
        position = _print_new(app, path, position)
        time.sleep(0.2)


@command.command()
@state_option
@pass_app
@needs("local")
def env(app: App, state: Path | None) -> None:
    """Print the environment with which any AWS client reaches the cloud, as shell commands.

    \b
    Example:
      eval "$(shopfast-obs cloud env)" && aws s3 ls
    """
    from shopfast_obs.localcloud.gateway import credentials

    info = _running(app, state)
    known = credentials.load(info.state)
    if known is None:
        raise CloudUnreachableError(
            f"The local cloud of {info.state} has no credentials.", "Start it anew: shopfast-obs cloud stop, then start"
        )
    for name, value in credentials.environment(info.endpoint_url, app.settings.region, known.keys()).items():
        app.terminal.raw(f"export {name}={value}\n")
    if info.xray_address:
        app.terminal.raw(f"export AWS_XRAY_DAEMON_ADDRESS={info.xray_address}\n")
    app.terminal.raw("unset AWS_PROFILE AWS_SESSION_TOKEN\n")


@command.command()
@click.option("--make", is_flag=True, help="Install what is missing, so that the next start needs no index.")
@click.option(
    "--remove", is_flag=True, help="Remove what was installed, when no cloud runs; the next start installs it again."
)
@options.output("text", "json")
@pass_app
@needs("local")
def environment(app: App, make: bool, remove: bool, output_format: str) -> None:
    """Show, make or remove the environments that the cloud runs in.

    Its process runs in this environment where MiniStack and the botocore that it pins are installed, else in one of its
    own. Functions find the boto3 of their package or layer, else that of `runtime_boto3` in [tool.shopfast-obs].

    \b
    Examples:
      shopfast-obs cloud environment
      shopfast-obs cloud environment --make
    """
    from shopfast_obs.environments import making
    from shopfast_obs.localcloud import installation

    if make and remove:
        raise click.UsageError("--make and --remove contradict each other.")
    if remove:
        gone = making.remove()
        app.terminal.out(f"Removed: {', '.join(gone)}" if gone else "No environment was there.")
        return
    if make:
        with app.terminal.progress("looking for environments") as progress:
            installation.prepared(app.settings.runtime_boto3, progress.update)
    parts = installation.parts(app.settings.runtime_boto3)
    if output_format == "json":
        app.terminal.json(parts)
    else:
        rows = [(part.what, part.version, part.where, "yes" if part.ready else "no") for part in parts]
        app.terminal.table(("", "version", "where", "ready"), rows)


@command.command()
@state_option
@pass_app
@needs("local")
def reset(app: App, state: Path | None) -> None:
    """Empty the cloud: everything deployed and observed is gone.

    \b
    Example:
      shopfast-obs cloud reset
    """
    from shopfast_obs.localcloud import process

    using = process.Using(app.settings.runtime_boto3, app.terminal.say)
    info = process.reset(_state(app, state), app.settings.region, using)
    app.terminal.out(f"The local cloud is empty, at {info.endpoint_url}" if info else "The local cloud is empty.")


def _state(app: App, state: Path | None) -> Path:
    return (state or app.settings.state_dir / "cloud").resolve()


def _running(app: App, state: Path | None) -> CloudInfo:
    from shopfast_obs.localcloud import process

    folder = _state(app, state)
    info = process.status(folder)
    if info is None:
        raise CloudUnreachableError(f"No local cloud is running for {folder}.", "Start it: shopfast-obs cloud start")
    return info


def _print_status(app: App, info: CloudInfo | None, answer: dict[str, Any] | None) -> None:
    if info is None:
        app.terminal.out("No local cloud is running.")
        app.terminal.say("  Start it: shopfast-obs cloud start")
        return
    state = "ready" if answer and answer.get("ready") else "does not answer"
    rows = [
        ("endpoint", info.endpoint_url),
        ("status", state),
        ("process", str(info.pid)),
        ("since", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(info.started))),
        ("X-Ray daemon", info.xray_address),
        ("state", str(info.state)),
        ("log", str(info.log_path)),
        ("refused", _refused(answer)),
    ]
    app.terminal.table(("local cloud", ""), rows + _storage(answer))


def _storage(answer: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What the cloud cannot store or do any more; nothing when all is well."""
    storage = (answer or {}).get("storage") or {}
    rows = [("not stored", f"{storage['trouble']}: changes are refused")] if storage.get("trouble") else []
    rows += [("not stored", f"{name}: {why}") for name, why in (storage.get("unreadable") or {}).items()]
    rows += [("has ended", f"the thread '{name}': restart the cloud") for name in storage.get("ended_threads") or []]
    return rows


def _refused(answer: dict[str, Any] | None) -> str:
    """How many requests did not pass the door, by reason."""
    reasons = (answer or {}).get("refused") or {}
    return ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) or "no request"


def _print_new(app: App, path: Path, position: int) -> int:
    """Print what the log has beyond a position, and return the new one."""
    if not path.exists() or path.stat().st_size <= position:
        return position if path.exists() else 0
    with path.open("rb") as file:
        file.seek(position)
        for line in file.read().decode("utf-8", "replace").splitlines():
            app.terminal.out(line)
        return file.tell()
