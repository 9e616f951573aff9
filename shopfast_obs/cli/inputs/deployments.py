"""Which deployments the target, the journal and the log lines know: the one resolver of `deploy`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shopfast_obs.errors import UserError
from shopfast_obs.model.records import record

if TYPE_CHECKING:
    from shopfast_obs.cli.app import App
    from shopfast_obs.cli.inputs.telemetry import Files
    from shopfast_obs.cloud.interface import Cloud
    from shopfast_obs.model.changes import JournalEntry
    from shopfast_obs.model.deployments import Deployment
    from shopfast_obs.parse.duration import DeploymentAsked

SPAN = "Give a span: --since 15m"


@record
class Known:
    """The deployments, oldest first, and why some may be missing."""

    deployments: tuple[Deployment, ...] = ()
    unread: tuple[str, ...] = ()
    where: str = ""
    looked: str = "neither stacks nor functions nor the journal tell of one"  # where there is none


def known(
    app: App, since: float = 0.0, seen: Sequence[Deployment] = (), clouds: Sequence[Cloud] | None = None
) -> Known:
    """What the target, the journal and what was `seen` in log lines tell of deployments since a time (0: as far back as
    they know); some from before it may be among them. Raises CloudUnreachableError."""
    from shopfast_obs.analysis.deployments.known import deployments

    found: list[Deployment] = []
    unread: list[str] = []
    where: list[str] = []
    changes = journal(app)
    for cloud in app.clouds() if clouds is None else clouds:
        place = f"{cloud.target.name} {cloud.target.region}"
        recorded = cloud.recorded(since, _own_stacks(app))
        found += deployments(recorded, changes, seen, place)
        unread += [f"{gap.what}: {gap.reason}" for gap in recorded.gaps]
        where.append(place if cloud.target.name != "local" else "local")
    ordered = tuple(sorted(found, key=lambda one: one.time))
    return Known(ordered, tuple(dict.fromkeys(unread)), f"on {', '.join(where)}")


def in_files(files: Files) -> Known:
    """What the lines of saved logs tell."""
    looked = "in its log lines no function changes its version, memory size or runtime"
    return Known(tuple(files.deployments(files.platform())), (), files.where, looked)


def chosen(found: Known, asked: DeploymentAsked, changes: Sequence[JournalEntry] = ()) -> tuple[list[Deployment], int]:
    """The deployments that touched what was asked for, and the place of the one that is meant; raises UserError with
    what there is."""
    named = [one for one in found.deployments if asked.part.lower() in f"{one.what} {' '.join(one.names)}".lower()]
    if asked.entry:
        place = _of_entry(named, asked.entry, changes)
    else:
        place = len(named) - asked.place if asked.place <= len(named) else None
    if place is None:
        raise UserError(_missing(found, len(named), asked), SPAN)
    return named, place


def _of_entry(named: Sequence[Deployment], entry: str, changes: Sequence[JournalEntry]) -> int | None:
    """The first deployment that had the change of the journal in it."""
    change = next((one for one in changes if one.id == entry), None)
    if change is None:
        raise UserError(f"The journal has no change {entry}.", "See: shopfast-obs undo --list")
    return next((place for place, one in enumerate(named) if one.time >= change.time), None)


def _missing(found: Known, count: int, asked: DeploymentAsked) -> str:
    what = f" of {asked.part}" if asked.part else ""
    because = f" ({found.unread[0].rstrip('.')})" if found.unread else ""
    if asked.entry:
        return f"No deployment{what} {found.where} came after change {asked.entry} of the journal{because}."
    if count:
        return f"Only {count} deployment{'s' * (count > 1)}{what} {found.where} {_is(count)} known{because}."
    return f"No deployment{what} is known {found.where}: {found.looked}{because}."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def journal(app: App) -> Sequence[JournalEntry]:
    """The changes that this project's commands made, oldest first."""
    from shopfast_obs.changes.engine import history

    return history(app.settings.state_dir)


def _own_stacks(app: App) -> list[str]:
    """The project's own stacks as it was synthesised last; none where it was not: then every stack counts."""
    from shopfast_obs.cloud.deploy import assembly

    folder = app.settings.assembly_dir
    return [stack.name for stack in assembly.read(folder)] if (folder / "manifest.json").is_file() else []
