"""Rules about one property: what it should be, and what the reader is told when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.values import at, is_open
from shopfast_obs.model.findings import Evidence, Outcome, PropertyChange, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource

Test = Callable[[Any], bool]
Concerns = Callable[[Resource, Context], str]


def always(_: Resource, __: Context) -> str:
    """The setting concerns every resource of the type."""
    return ""


@record
class Setting:
    """One property (`TracingConfig.Mode`) and how it is judged.

    `good` says whether a value is right; `says` is the finding's title, with {name}, {value} and the resource's own
    words; `concerns` gives the reason for which a resource is none of the rule's business, or nothing. `after` is what
    a remedy sets, by `command`. `written` is the severity where only a template says it: what somebody wrote is meant,
    what an account has may be left over. What only a template or a stack tells (`declared`) is not known of a resource
    that no stack owns.
    """

    property: str
    good: Test
    says: str
    usual: Any = None  # what AWS takes when nothing is said
    concerns: Concerns = always
    after: Any = None
    because: str = ""
    command: str = ""
    declared: bool = False
    shows: bool = True  # the value itself may be shown
    written: Severity | None = None


def _shown(value: Any) -> str:  # noqa: ANN401 - a property has any JSON type
    return "not set" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def setting(
    id: str,  # noqa: A002 - a rule's own word
    title: str,
    severity: Severity,
    type_: str,
    one: Setting,
    *,
    when: str,
    why: str,
    remedy: str,
    limits: str,
    misleads: str = "",
    runbook: str = "",
    facts: tuple[str, ...] = (),
) -> Rule:
    """The rule that finds a setting that is not good."""

    def check(resource: Resource, context: Context) -> Outcome:
        reason = one.concerns(resource, context)
        if reason:
            return rule.clear(resource, reason)
        value = at(resource, one.property)
        if is_open(value):
            return rule.unknown(resource, f"its {one.property} is left to a parameter")
        known = resource.stack or one.property in resource.properties
        if value is None and one.declared and context.observations is not None and not known:
            return rule.unknown(resource, f"no stack declares it, so its {one.property} is not known")
        value = one.usual if value is None else value
        shown = _shown(value) if one.shows else "set"
        if one.good(value):
            return rule.clear(resource, f"{one.property} is {shown}")
        change = PropertyChange(resource.type, resource.name, one.property, value, one.after, one.because)
        return rule.found(
            resource,
            one.says.format(name=resource.name, value=shown),
            [Evidence("configuration", f"{one.property} is {shown}", one.property, {one.property: shown})],
            Remedy(remedy.replace("`", ""), one.command, (change,) if one.after is not None else ()),
            severity=one.written if one.written is not None and context.observations is None else severity,
        )

    check.__doc__ = f"Found when {when}"
    rule = Rule(
        id=id,
        title=title,
        severity=severity,
        types=(type_,),
        needs=("configuration",),
        why=why,
        remedy=remedy,
        limits=limits,
        check=check,
        misleads=misleads,
        runbook=runbook,
        facts=facts,
    )
    return rule
