"""Deployed functions from the command line: `instrument --live`, and what `undo` does with it."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from shopfast_obs.errors import EXIT_FINDINGS, UserError
from shopfast_obs.model.counts import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shopfast_obs.cli.app import App
    from shopfast_obs.cloud.changes.functions import LiveFunctions
    from shopfast_obs.instrument.infrastructure.deployed_functions import AccountState
    from shopfast_obs.model.changes import JournalEntry, Plan
    from shopfast_obs.model.overlay import Tracing


def instrument(app: App, names: Sequence[str], mode: str, output_format: str, tracing: Tracing) -> None:
    """Instrument the deployed functions of these names without their source: show, do, or tell what is missing.
    `tracing` is how the wrapper traces them."""
    from shopfast_obs.changes import live_functions as changes
    from shopfast_obs.cli.targets import interrupted_changes

    if not names:
        raise UserError("--live changes deployed functions.", "Say which: --function 'shop-*' (repeat).")
    if mode == "apply":
        interrupted_changes.finish(app)
    else:
        interrupted_changes.mention(app)
    functions = functions_of(app)
    plan = _plan(app, functions, names, tracing, publish=mode == "apply")
    entry, planned = None, len(plan.live)
    if mode == "apply" and not plan.empty:
        with app.terminal.progress(f"changing {plural(len(plan.live), 'function')}"):
            entry = changes.apply(plan, functions, app.settings.state_dir)
        plan = entry.plan
    if output_format == "json":
        app.terminal.json(_document(plan, mode, entry))
    else:
        _say(app, plan, mode, entry)
    if (mode == "check" and not plan.empty) or (entry and len(entry.plan.live) < planned):
        app.exit(EXIT_FINDINGS)


def undo(app: App, entry: JournalEntry) -> JournalEntry:
    """Give what the entry changed its settings back, on the target where they were changed."""
    from shopfast_obs.changes import live_functions as changes
    from shopfast_obs.cli.targets import account_alarms

    _turn_to(app, entry.plan)
    if entry.plan.definitions:
        return account_alarms.undo(app, entry)
    return changes.undo(functions_of(app), app.settings.state_dir, entry.id)


def recover(app: App) -> list[JournalEntry]:
    """Take back what a command that died has left half done, where it was changed; those entries."""
    from shopfast_obs.changes import engine
    from shopfast_obs.changes import live_functions as changes
    from shopfast_obs.cli.targets import account_alarms

    done: list[JournalEntry] = []
    here = (app.target_name, app.region)
    for left in changes.unfinished(app.settings.state_dir):
        _turn_to(app, left.plan)
        done += changes.recover(functions_of(app), app.settings.state_dir, left.id)
    for left in engine.unfinished(app.settings.state_dir):
        if left.plan.definitions:
            _turn_to(app, left.plan)
            done.append(account_alarms.recover(app, left))
    app.target_name, app.region = here
    return done


def diff(plan: Plan) -> str:
    """The changes of what is deployed as a unified diff of their settings."""
    from shopfast_obs.changes.engine import diff as of_files
    from shopfast_obs.model.changes import FileChange
    from shopfast_obs.model.changes import Plan as Files

    changes = [FileChange(f"lambda/{c.function}.json", _text(c.before), _text(c.after)) for c in plan.live]
    changes += [FileChange(f"iam/{c.role}/{c.policy}.json", _text(c.before), _text(c.after)) for c in plan.roles]
    changes += [
        FileChange(f"{_place(c.type)}/{c.name}.json", _text(c.before), _text(c.after)) for c in plan.definitions
    ]
    return of_files(Files(plan.command, tuple(changes)))


def functions_of(app: App) -> LiveFunctions:
    """The functions of the target."""
    from shopfast_obs.changes.live_functions import FunctionError
    from shopfast_obs.cloud.changes.functions import LiveFunctions
    from shopfast_obs.instrument.infrastructure.deployed_functions import image

    return LiveFunctions(app.clients(), image, FunctionError)


def _place(type_: str) -> str:
    """The service that a CloudFormation type belongs to, in lower case."""
    return type_.split("::")[1].lower()


def _plan(app: App, functions: LiveFunctions, names: Sequence[str], tracing: Tracing, *, publish: bool) -> Plan:
    from shopfast_obs.instrument.infrastructure import deployed_functions, headroom, layer
    from shopfast_obs.model.overlay import LAYERS

    found = [
        (configuration, days)
        for configuration, days in functions.all()
        if any(fnmatchcase(configuration["FunctionName"], name) for name in names)
    ]
    target = app.target()
    if not found:
        raise UserError(f"No function on {target.name} is called {', '.join(names)}.", "See `shopfast-obs status`.")
    ours = [each for each in LAYERS[tracing] if each in deployed_functions.OURS]
    arns = {e: functions.layer(headroom.LAYER_NAMES[e], layer.archive(e), publish=publish) for e in ours}
    layers = deployed_functions.layers(target.region, arns)
    with app.terminal.progress(f"reading the roles and tags of {plural(len(found), 'function')}"):
        around = _around(functions, [configuration for configuration, _ in found])
    return deployed_functions.plan(found, layers, f"{target.name} {target.region}", around, tracing)


def _around(functions: LiveFunctions, configurations: Sequence[Mapping[str, Any]]) -> AccountState:
    """Roles and stacks of the functions; what AWS does not tell is said once."""
    from shopfast_obs.changes.live_functions import FunctionError
    from shopfast_obs.instrument.infrastructure.deployed_functions import AccountState, role_of
    from shopfast_obs.instrument.infrastructure.permissions import may_send

    permitted, stacks, gaps = {}, {}, {}
    for role in dict.fromkeys(map(role_of, configurations)):
        try:
            permitted[role] = may_send(functions.policies(role))
        except FunctionError as problem:
            gaps["roles"] = f"Whether {role} may send traces could not be read ({problem}); else they are lost."
    for configuration in configurations:
        try:
            if stack := functions.stack(configuration):
                stacks[str(configuration["FunctionName"])] = stack
        except FunctionError as problem:
            gaps["tags"] = f"The functions' tags could not be read ({problem}): a deployment may take this back."
    return AccountState(permitted, stacks, tuple(gaps.values()))


def _turn_to(app: App, plan: Plan) -> None:
    """Make the target of the change the one of this command."""
    app.target_name, _, region = plan.target.partition(" ")
    app.region = region or None


def _text(settings: Mapping[str, Any] | None) -> bytes | None:
    return None if settings is None else f"{json.dumps(settings, indent=2, sort_keys=True)}\n".encode()


def _document(plan: Plan, mode: str, entry: JournalEntry | None) -> dict[str, Any]:
    return {
        "mode": mode,
        "applied": entry.id if entry else None,
        "functions": [{"name": c.function, "status": "changed", "reason": ""} for c in plan.live]
        + [{"name": s.what, "status": "skipped", "reason": s.reason} for s in plan.skipped],
        "effects": plan.effects,
    }


def _say(app: App, plan: Plan, mode: str, entry: JournalEntry | None) -> None:
    if mode == "diff":
        app.terminal.diff(diff(plan))
    for skipped in plan.skipped:
        app.terminal.warn(f"{skipped.what}: skipped: {skipped.reason}")
    for effect in plan.effects if plan.live else ():
        app.terminal.say(effect)
    if entry:
        app.terminal.say(f"{plural(len(plan.live), 'function')} changed, {len(plan.skipped)} skipped.")
    if not plan.live:
        app.terminal.say("Nothing is missing." if not entry else "Nothing was changed.")
    elif entry:
        app.terminal.say(f"Recorded as {entry.id}. (take it back: shopfast-obs undo)")
    elif mode == "diff":
        app.terminal.say("Nothing was changed. Next: the same command with --apply")
