"""From derived alarms to the change of the overlay that deploys them."""

from __future__ import annotations

from dataclasses import replace

from shopfast_obs.alarms.needed_alarms import Derived
from shopfast_obs.model.changes import FileChange, Plan, Skipped
from shopfast_obs.model.overlay import AlarmDefinition, Overlay
from shopfast_obs.parse.overlay import read, write


def plan(derived: Derived, path: str, before: bytes | None) -> Plan:
    """The change that puts the alarms into the overlay file at `path`, whose content is `before`.

    Alarms that somebody else put there stay; alarms of the catalogue that nothing derives any more go, unless only some
    were asked for.
    """
    old = read(before.decode("utf-8"), path) if before is not None else Overlay()
    new = replace(old, alarms=_merged(old.alarms, derived), alarm_topic=old.alarm_topic or derived.topic)
    after = write(new).encode("utf-8")
    same = new == old
    effects = (
        ()
        if same
        else (
            f"{len(derived.alarms)} alarms notify the topic {new.alarm_topic}.",
            f"On AWS they cost about {derived.monthly_cost:.2f} USD a month.",
            "They are live after the next deploy.",
        )
    )
    changes = () if same else (FileChange(path, before, after, f"{len(derived.alarms)} alarms"),)
    skipped = tuple(Skipped(f"{item.resource}-{item.kind}", item.reason) for item in derived.not_needed)
    return Plan("alarms apply", changes, effects, skipped)


def _merged(old: tuple[AlarmDefinition, ...], derived: Derived) -> tuple[AlarmDefinition, ...]:
    from shopfast_obs.alarms.catalogue import kinds

    ours, named = {kind.id for kind in kinds()}, {alarm.name for alarm in derived.alarms}
    kept = [alarm for alarm in old if alarm.name not in named and (derived.partial or alarm.kind not in ours)]
    return tuple(sorted((*kept, *derived.alarms), key=lambda alarm: alarm.name))
