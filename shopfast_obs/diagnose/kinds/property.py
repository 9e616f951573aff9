"""Rules about one property: what it should be, and what the reader is told when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Kind, Need, Passed, Undecided
from shopfast_obs.diagnose.property_values import at, is_open
from shopfast_obs.model.findings import Evidence, PropertyChange, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource


@record
class Property(Kind):
    """One property (`TracingConfig.Mode`) and how it is judged.

    `good` says whether a value is right; `says` is the finding's title, with {name} and {value}. `after` is what a
    remedy sets, by `command`. `written` is the severity where only a template says it: what somebody wrote is meant,
    what an account has may be left over. What only a template or a stack tells (`declared`) is not known of a resource
    that no stack owns.
    """

    needs: ClassVar[tuple[Need, ...]] = ("configuration",)
    path: str
    good: Callable[[Any], bool]
    says: str
    usual: Any = None  # what AWS takes when nothing is said
    after: Any = None
    because: str = ""
    command: str = ""
    declared: bool = False
    shows: bool = True  # the value itself may be shown
    written: Severity | None = None

    def __call__(self, resource: Resource, context: Context) -> Judgement:
        """Found where the value is not good."""
        value = at(resource, self.path)
        if is_open(value):
            return Undecided(f"its {self.path} is left to a parameter")
        known = resource.stack or self.path in resource.properties
        if value is None and self.declared and context.observations is not None and not known:
            return Undecided(f"no stack declares it, so its {self.path} is not known")
        value = self.usual if value is None else value
        shown = _shown(value) if self.shows else "set"
        if self.good(value):
            return Passed(f"{self.path} is {shown}")
        change = PropertyChange(resource.type, resource.name, self.path, value, self.after, self.because)
        return Found(
            self.says.format(name=resource.name, value=shown),
            [Evidence("configuration", f"{self.path} is {shown}", self.path, {self.path: shown})],
            Remedy("", self.command, (change,) if self.after is not None else ()),
            severity=self.written if context.observations is None else None,
        )


def _shown(value: Any) -> str:  # noqa: ANN401 - a property has any JSON type
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case list() if all(isinstance(item, str | int) and "$" not in str(item) for item in value):
            return ", ".join(map(str, value)) or "empty"
        case list() | dict():
            return "set" if value else "empty"
    return str(value)
