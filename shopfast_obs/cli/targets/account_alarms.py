"""`alarms --live`: the alarms of an account, whoever deployed what they watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shopfast_obs.errors import EXIT_FINDINGS, ShopfastObsError
from shopfast_obs.model.counts import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shopfast_obs.alarms.needed_alarms import Derived
    from shopfast_obs.cli.app import App
    from shopfast_obs.cloud.changes.alarms import LiveAlarms
    from shopfast_obs.model.changes import JournalEntry, Plan, Skipped

LOCAL_RATE = 1000.0  # calls a second: a local cloud has no quota


def planned(app: App, derived: Derived) -> Plan:
    """The change that gives the target the alarms which it has not."""
    from shopfast_obs.alarms.account_alarms import Account, plan
    from shopfast_obs.changes.live_functions import FunctionError
    from shopfast_obs.model.resources import TOPIC

    target, found = app.target(), alarms_of(app)
    try:
        there = found.read(TOPIC, derived.topic) is not None
        account = Account(
            found.all(), found.ours, found.topic_arn(derived.topic), there, f"{target.name} {target.region}"
        )
        return plan(derived, account)
    except FunctionError as problem:
        raise ShopfastObsError(
            f"The alarms of {target.name} cannot be read: {problem}.", "The rights are in docs/guides/alarms.md."
        ) from None


def apply(app: App, plan: Plan, output_format: str) -> None:
    """Make the changes and say what came of them; exit code 1 when not all of the alarms could be made."""
    from shopfast_obs.alarms.account_alarms import NOT_OURS
    from shopfast_obs.changes import definitions

    entry = None
    refused = [item for item in plan.skipped if item.reason == NOT_OURS]
    if not plan.empty:
        with app.terminal.progress(f"making {plural(len(plan.definitions), 'change')}"):
            entry = definitions.apply(plan, alarms_of(app), app.settings.state_dir, pace(app))
            refused += entry.plan.skipped[len(plan.skipped) :]
    done = entry.plan if entry else plan
    if output_format == "json":
        app.terminal.json(document(done, entry))
    else:
        _say(app, done, entry, refused)
    if refused:
        app.exit(EXIT_FINDINGS)


def document(plan: Plan, entry: JournalEntry | None = None) -> dict[str, Any]:
    """The plan, or what came of it."""
    return {
        "applied": entry.id if entry and entry.plan.definitions else None,
        "target": plan.target,
        "changes": plan.definitions,
        "effects": plan.effects,
        "skipped": plan.skipped,
    }


def undo(app: App, entry: JournalEntry) -> JournalEntry:
    """Bring the alarms of the entry back, on the target of this command."""
    from shopfast_obs.changes import definitions

    return definitions.undo(alarms_of(app), app.settings.state_dir, entry.id, pace(app))


def recover(app: App, entry: JournalEntry) -> JournalEntry:
    """Bring back what a command that died has left half done."""
    from shopfast_obs.changes import definitions

    return definitions.recover(alarms_of(app), app.settings.state_dir, entry.id, pace(app))


def alarms_of(app: App) -> LiveAlarms:
    """The alarms of the target."""
    from shopfast_obs.changes.live_functions import FunctionError
    from shopfast_obs.cloud.changes.alarms import LiveAlarms

    return LiveAlarms(app.clients(), FunctionError)


def pace(app: App) -> Any:  # noqa: ANN401 - a Pace, which is loaded where it is used
    """How fast the target takes changes."""
    from shopfast_obs.changes.definitions import RATE
    from shopfast_obs.changes.live_functions import Pace

    return Pace(LOCAL_RATE if app.target_name == "local" else RATE)


def _say(app: App, plan: Plan, entry: JournalEntry | None, refused: Sequence[Skipped]) -> None:
    for skipped in refused:
        app.terminal.warn(f"{skipped.what}: skipped: {skipped.reason}")
    if entry is None or not plan.definitions:
        app.terminal.say("Nothing to change." if entry is None else "Nothing was changed.")
        return
    for effect in plan.effects:
        app.terminal.say(effect)
    app.terminal.say(f"Recorded as {entry.id}. (take it back: shopfast-obs undo)")
