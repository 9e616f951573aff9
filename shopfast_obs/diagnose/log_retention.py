"""What keeps the events of a log group where it is not its own RetentionInDays: its class, or a policy of the
account."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.property_values import is_open, number
from shopfast_obs.facts import facts
from shopfast_obs.model.records import record
from shopfast_obs.model.references import is_open as is_reference
from shopfast_obs.model.resources import LOG_POLICY, Resource
from shopfast_obs.parse.dialects.interface import mapping

STANDARD = "STANDARD"
RETENTION = "RETENTION_POLICY"
FOREVER = "NEVER_EXPIRE"
_SELECTS = "LogGroupNamePrefix"
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")


@record
class Retention:
    """Who else decides how long events are kept, in a sentence. `days` is None for ever; `certain` is False where it
    depends on what was not read."""

    reason: str
    days: int | None = None
    certain: bool = True


@record
class _Policy:
    """A retention policy of the account; `prefixes` is None where its selection could not be read."""

    name: str
    days: int | None
    retroactive: bool
    prefixes: tuple[str, ...] | None


def class_of(group: Resource) -> str:
    """The class of a log group; empty where a parameter decides it."""
    said = group.properties.get("LogGroupClass", STANDARD)
    return "" if is_open(said) else str(said)


def takes(group: Resource, what: str) -> bool | None:
    """Whether a log group's class takes something (`retention`, `metric_filters`); None where no document says."""
    found: bool | None = facts("log_classes")["classes"].get(class_of(group), {}).get(what)
    return found


def elsewhere(group: Resource, context: Context) -> Retention | None:
    """Who else decides how long the group's events are kept; None for nobody."""
    class_ = class_of(group)
    if not class_:
        return Retention("its LogGroupClass is left to a parameter", certain=False)
    if takes(group, "retention") is False:
        days = facts("log_classes")["classes"][class_]["kept_days"]
        return Retention(f"its class {class_} keeps events for {_days(days)} and takes no RetentionInDays", days)
    if context.observations is None:
        return by_policy(group.identifier, context)
    return _in_force(group, context)


def _in_force(group: Resource, context: Context) -> Retention | None:
    """Of a deployed group, whose RetentionInDays is what is in force, whoever decided it."""
    days, told = _whole(group.properties.get("RetentionInDays")), group.properties.get("AccountPolicy")
    if told:
        return _ruled(str(told), days)
    may = [p for p in _all(context) if p.days == days and _may_select(p, group.identifier)]
    return _decided(group.identifier, may)


def by_policy(name: str, context: Context) -> Retention | None:
    """The account's retention policy that overrides a log group of this name in a template; None for none."""
    return _decided(name, [policy for policy in _all(context) if _may_select(policy, name)])


def _decided(name: str, found: Sequence[_Policy]) -> Retention | None:
    if not found:
        return None
    names = " and ".join(sorted(policy.name for policy in found))
    if not all(policy.prefixes is not None and name.startswith(policy.prefixes) for policy in found):
        return Retention(f"whether the account's retention policy {names} selects it cannot be told", certain=False)
    if not all(policy.retroactive for policy in found):
        said = f"the account's retention policy {names} is for log groups that are newer than itself"
        return Retention(f"{said}: whether this is one is not known", certain=False)
    if len({policy.days for policy in found}) > 1:
        return Retention(f"the account's retention policies {names} say different things", certain=False)
    return _ruled(names, found[0].days)


def _may_select(policy: _Policy, name: str) -> bool:
    return policy.prefixes is None or is_reference(name) or name.startswith(policy.prefixes)


def _ruled(name: str, days: int | None) -> Retention:
    kept = f"for {_days(days)}" if days is not None else "for ever"
    return Retention(f"the account's retention policy {name} keeps it {kept}, whatever the group says", days)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _whole(value: Any) -> int | None:  # noqa: ANN401 - a property has any JSON type
    found = number(value)
    return None if found is None else int(found)


def _all(context: Context) -> Sequence[_Policy]:
    return context.once("retention policies", lambda: _policies(context))


def _policies(context: Context) -> Sequence[_Policy]:
    found = []
    for resource in context.inventory.of_type(LOG_POLICY):
        said = resource.properties
        document = _document(said.get("PolicyDocument"))
        if said.get("PolicyType") == RETENTION and document.get("retentionInDays"):
            name = str(said.get("PolicyName") or resource.name)
            days = _whole(document["retentionInDays"])
            retroactive = document.get("enforcementMode") == "RETROACTIVE"
            found.append(_Policy(name, days, retroactive, _prefixes(said.get("SelectionCriteria"))))
    return found


def _document(text: Any) -> Mapping[str, Any]:  # noqa: ANN401
    try:
        return mapping(json.loads(text) if isinstance(text, str) else text)
    except ValueError:
        return {}


def _prefixes(criteria: Any) -> tuple[str, ...] | None:  # noqa: ANN401
    """The beginnings of the names that a policy selects; the empty one is of all names."""
    if not criteria:
        return ("",)
    if not isinstance(criteria, str) or not criteria.strip().startswith(_SELECTS) or " NOT " in criteria:
        return None
    return tuple(_QUOTED.findall(criteria)) or None
