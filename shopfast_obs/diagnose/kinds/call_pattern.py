"""Rules about the calls that traces show: the same one in a loop, several in a row, slow ones, repeated ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Kind, Need, Passed, Undecided, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Resource

if TYPE_CHECKING:
    from shopfast_obs.analysis.traces.overview import call_patterns

WORTH = 0.1  # seconds of a request; what costs less is told, not complained about
_PAGED = re.compile(r" (Scan|Query|List\w*)\b")
OFTEN = 0.2  # of the traces; what happens more seldom, too


@record
class CallPattern(Kind):
    """Patterns of calls: `says` is the title with {name}, {call}, {calls}, {seconds} a trace and {traces}. What costs a
    request little, or few requests, is only worth an information. Without `pages` the pages of one scan or query are
    not meant."""

    needs: ClassVar[tuple[Need, ...]] = ("traces",)
    kinds: tuple[call_patterns.Kind, ...]
    says: str
    pages: bool = True

    def __call__(self, function: Resource, context: Context) -> Judgement:
        """Found where traces have such a pattern in the function."""
        missing = missing_data.traces(function, context)
        if missing:
            return Undecided(missing)
        every = context.once("patterns", lambda: _by_service(context)).get(function.name, ())
        found = [p for p in every if p.kind in self.kinds and (self.pages or not _PAGED.search(p.call))]
        seen = len(context.traces(function))
        if not found:
            return Passed(f"no such calls in {plural(seen, 'trace')}")
        worst = found[0]
        each = worst.seconds / worst.traces
        return Found(
            self.says.format(
                name=function.name,
                call=worst.call,
                calls=f"{worst.calls / worst.traces:.0f}",
                seconds=f"{each:.2f}",
                traces=f"{worst.traces:,} of {plural(seen, 'trace')}",
            ),
            [_evidence(pattern, context) for pattern in found[:3]],
            Remedy("", f"shopfast-obs trace {worst.exemplars[0]}"),
            severity=None if each >= WORTH and worst.traces >= OFTEN * seen else Severity.INFO,
            harm=float(worst.traces),
        )


def _by_service(context: Context) -> dict[str, tuple[call_patterns.Pattern, ...]]:
    """The patterns of all traces by the function that they have their place in, the costliest first."""
    from shopfast_obs.analysis.traces.overview.call_patterns import PatternBuilder  # a template has no trace
    from shopfast_obs.analysis.traces.tree import tree

    builder = PatternBuilder()
    for trace in context.observations.traces if context.observations else ():
        grown = tree(trace)
        if grown.nodes:
            builder.add(grown)
    found: dict[str, list[call_patterns.Pattern]] = {}
    for pattern in builder.result():
        found.setdefault(pattern.service, []).append(pattern)
    return {service: tuple(mine) for service, mine in found.items()}


def _evidence(pattern: call_patterns.Pattern, context: Context) -> Evidence:
    return Evidence(
        "traces",
        f"{pattern.call}: {plural(pattern.calls, 'call')} in {plural(pattern.traces, 'trace')}, "
        f"{pattern.seconds:.2f} s more than they had to take",
        " ".join(pattern.exemplars),
        {"calls": pattern.calls, "traces": pattern.traces, "seconds": pattern.seconds},
        context.window,
        pattern.exemplars,
    )
