"""Log lines by what they say whatever their ids: how many there were, and which were not there before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shopfast_obs.analysis.text.message_normalisation import parameterised, whatever_kind
from shopfast_obs.model.records import record

LONG = 200  # characters of a message that tell what it is


@record
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


@dataclass(slots=True)
class _Lines:
    template: str
    example: str
    count: int = 0


_Key = tuple[str, str, str]  # what lines say, level, group


class TemplateBuilder:
    """Counts lines by template, one at a time."""

    def __init__(self) -> None:
        self._found: dict[_Key, _Lines] = {}

    def add(self, group: str, level: str, message: str) -> None:
        """Take in one line."""
        said = message[:LONG]
        template = parameterised(said)
        key = (whatever_kind(template), level, group)
        known = self._found.get(key)
        if known is None:
            known = self._found[key] = _Lines(template, said)
        known.count += 1

    def result(self, before: TemplateBuilder | None = None) -> tuple[LogTemplate, ...]:
        """The templates, new ones first, then the most frequent."""
        made = [self._template(key, before) for key in self._found]
        return tuple(sorted(made, key=lambda one: (not one.new, -one.count, one.template)))

    def gone(self, before: TemplateBuilder) -> tuple[LogTemplate, ...]:
        """The templates of the window before that this one has not, the most frequent first."""
        made = [before._template(key, None) for key in before._found.keys() - self._found.keys()]
        return tuple(sorted(made, key=lambda one: (-one.count, one.template)))

    def _template(self, key: _Key, before: TemplateBuilder | None) -> LogTemplate:
        lines, (_, level, group) = self._found[key], key
        earlier = before._found.get(key) if before else None
        counted_before = (earlier.count if earlier else 0) if before else None
        return LogTemplate(lines.template, level, group, lines.count, lines.example, counted_before)


def counted(lines: Iterable[tuple[str, str, str]]) -> TemplateBuilder:
    """A builder that has taken in (group, level, message) lines."""
    builder = TemplateBuilder()
    for group, level, message in lines:
        builder.add(group, level, message)
    return builder
