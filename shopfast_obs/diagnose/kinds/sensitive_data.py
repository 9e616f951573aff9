"""Rules about what a log should not hold: people's data and secrets, shown masked."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from shopfast_obs.analysis.sensitive import find
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Kind, Need, Passed, Undecided, plural
from shopfast_obs.model.findings import Evidence
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource
from shopfast_obs.model.telemetry import LogEvent

SHOWN = 3


@record
class SensitiveData(Kind):
    """Secrets, or what is about people, in a function's own lines."""

    needs: ClassVar[tuple[Need, ...]] = ("logs",)
    secret: bool

    @property
    def when(self) -> str:
        """It finds something."""
        return f"{'a secret' if self.secret else 'data about people'} stands in the function's own lines."

    def __call__(self, function: Resource, context: Context) -> Judgement:
        """Found where a line holds any."""
        missing = context.missing("logs", function.name) or context.missing("logs")
        if missing:
            return Undecided(missing)
        lines = context.lines(function)
        if not lines:
            return Undecided(f"it wrote no line of its own{during(context.window)}")
        every = context.once(
            ("sensitive", function.name), lambda: [(line, hit) for line in lines for hit in find(line.message)]
        )
        found = [(line, hit) for line, hit in every if hit.secret is self.secret]
        if not found:
            return Passed(f"nothing of it in {plural(len(lines), 'line')}")
        kinds = Counter(hit.kind for _, hit in found)
        said = ", ".join(plural(count, kind) for kind, count in kinds.most_common())
        affected = len({_id(line) for line, _ in found})
        first = {hit.kind: (line, hit) for line, hit in reversed(found)}  # one line of each kind
        return Found(
            f"{function.name} writes {said} into its log ({affected:,} of {plural(len(lines), 'line')})",
            [
                Evidence(
                    "logs",
                    f"{hit.kind}, masked",
                    f"{line.group} {line.stream}",
                    {"lines": affected, "timestamp": line.timestamp, **dict(kinds)},
                    context.window,
                )
                for line, hit in [*first.values()][:SHOWN]
            ],
            confidence="likely",
            harm=float(affected),
        )


def _id(line: LogEvent) -> tuple[str, float, str]:
    return line.stream, line.timestamp, line.event_id
