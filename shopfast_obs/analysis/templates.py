"""Log lines by what they say whatever their ids: how many there were, and which were not there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shopfast_obs.analysis.tokens import parameterised

LONG = 200  # characters of a message that tell what it is


@dataclass(frozen=True, slots=True)
class LogTemplate:
    """Lines of one group and level that say the same. `before` is how many there were in the window before, None where
    nobody looked; `example` is the first of them as it was written."""

    template: str
    level: str
    group: str
    count: int
    example: str
    before: int | None = None

    @property
    def new(self) -> bool:
        """True when the window before had none."""
        return self.before == 0


class TemplateBuilder:
    """Counts lines by template, one at a time."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, str], list[int | str]] = {}

    def add(self, group: str, level: str, message: str) -> None:
        """Take in one line."""
        said = message[:LONG]
        known = self.found.setdefault((parameterised(said), level, group), [0, said])
        known[0] = int(known[0]) + 1

    def result(self, before: TemplateBuilder | None = None) -> tuple[LogTemplate, ...]:
        """The templates, new ones first, then the most frequent."""
        earlier: Mapping[tuple[str, str, str], list[int | str]] = before.found if before else {}
        made = [
            LogTemplate(*key, int(count), str(example), int(earlier.get(key, [0])[0]) if before else None)
            for key, (count, example) in self.found.items()
        ]
        return tuple(sorted(made, key=lambda one: (not one.new, -one.count, one.template)))

    def gone(self, before: TemplateBuilder) -> tuple[LogTemplate, ...]:
        """The templates of the window before that this one has not, the most frequent first."""
        return tuple(one for one in before.result() if (one.template, one.level, one.group) not in self.found)


def counted(lines: Iterable[tuple[str, str, str]]) -> TemplateBuilder:
    """A builder that has taken in (group, level, message) lines."""
    builder = TemplateBuilder()
    for group, level, message in lines:
        builder.add(group, level, message)
    return builder
