"""From derived alarms to the change of an account that has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shopfast_obs.alarms.needed_alarms import PRICE, Derived, metrics
from shopfast_obs.model.changes import DefinitionChange, Plan, Skipped
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.resources import ALARM, TOPIC
from shopfast_obs.parse.templates.alarm_definition import watched

NOT_OURS = "an alarm of this name is there, which this command did not make"


@dataclass(frozen=True)
class Account:
    """What an account has: the definitions of its alarms by their names, which of them are ours, the ARN of the topic
    for them, and whether that is there. `target` is the account's, as a change names it."""

    alarms: Mapping[str, Mapping[str, Any]]
    ours: Callable[[str], bool]
    topic_arn: str
    topic_there: bool
    target: str


def plan(derived: Derived, account: Account) -> Plan:
    """The change that gives the account the alarms which it has not. What somebody else made stays, and serves where it
    notifies somebody of the same metrics."""
    changes, skipped = [], [Skipped(f"{item.resource}-{item.kind}", item.reason) for item in derived.not_needed]
    serving = _serving(account)
    for alarm in derived.alarms:
        before = account.alarms.get(alarm.name)
        reason = _left_alone(alarm, before, account, serving)
        after = _definition(alarm, before, account)
        if reason:
            skipped.append(Skipped(alarm.name, reason))
        elif before != after:
            changes.append(DefinitionChange(ALARM, alarm.name, before, after))
    made = [alarm for alarm in derived.alarms if alarm.name in {change.name for change in changes}]
    if any(account.topic_arn in (change.after or {}).get("AlarmActions", ()) for change in changes):
        changes = _topic(derived, account) + changes
    return Plan(
        "alarms apply --live",
        effects=_effects(made, derived, account) if changes else (),
        skipped=tuple(skipped),
        target=account.target,
        definitions=tuple(changes),
    )


def _topic(derived: Derived, account: Account) -> list[DefinitionChange]:
    return [] if account.topic_there else [DefinitionChange(TOPIC, derived.topic, None, {"Name": derived.topic})]


def _effects(made: list[AlarmDefinition], derived: Derived, account: Account) -> tuple[str, ...]:
    cost = PRICE * sum(metrics(alarm) for alarm in made)
    told = (
        f"They notify {derived.topic}."
        if account.topic_there
        else f"They notify a new topic, {derived.topic}: subscribe to it."
    )
    return (f"{len(made)} alarms come to {account.target}; on AWS they cost about {cost:.2f} USD a month.", told)


def _definition(alarm: AlarmDefinition, before: Mapping[str, Any] | None, account: Account) -> dict[str, Any]:
    """As PutMetricAlarm takes it; whom an alarm of ours has been told to notify since stays."""
    actions = (before or {}).get("AlarmActions") or [account.topic_arn]
    told = (before or {}).get("OKActions") or actions
    return {**alarm.properties, "ActionsEnabled": True, "AlarmActions": actions, "OKActions": told}


def _left_alone(
    alarm: AlarmDefinition,
    before: Mapping[str, Any] | None,
    account: Account,
    serving: Mapping[frozenset[Any], str],
) -> str:
    """Why the account does not get this alarm; empty when it does."""
    if alarm.type != ALARM:
        return "log alarms come from a template: alarms apply --template FILE, or --into FILE"
    if _is_open(alarm.properties):
        return "what it watches has no name that could be read"
    if before is not None:
        return "" if account.ours(alarm.name) else NOT_OURS
    other = serving.get(frozenset(watched(alarm.properties)))
    return f"{other} reads the same already" if other else ""


def _serving(account: Account) -> Mapping[frozenset[Any], str]:
    """The alarms that notify somebody, by the metrics that they read."""
    return {
        frozenset(watched(definition)): name
        for name, definition in account.alarms.items()
        if definition.get("AlarmActions") and definition.get("ActionsEnabled", True)
    }


def _is_open(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """True where a reference stands that only CloudFormation resolves."""
    if isinstance(value, Mapping):
        return any(key == "Ref" or str(key).startswith("Fn::") or _is_open(item) for key, item in value.items())
    return any(map(_is_open, value)) if isinstance(value, list | tuple) else False
