"""Rules about the calls that traces show: the same one in a loop, several in a row, slow ones, repeated ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule, plural
from shopfast_obs.diagnose.invocations import during
from shopfast_obs.diagnose.values import at
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource

if TYPE_CHECKING:
    from shopfast_obs.analysis.traces.overview.call_patterns import Kind, Pattern

WORTH = 0.1  # seconds of a request; what costs less is told, not complained about
_PAGED = re.compile(r" (Scan|Query|List\w*)\b")
OFTEN = 0.2  # of the traces; what happens more seldom, too


def patterns(function: Resource, context: Context) -> tuple[Pattern, ...]:
    """The patterns of all traces that have their place in this function, the costliest first."""
    return context.once("patterns", lambda: _by_service(context)).get(function.name, ())


def _by_service(context: Context) -> dict[str, tuple[Pattern, ...]]:
    from shopfast_obs.analysis.traces.overview.call_patterns import PatternBuilder  # a template has no trace
    from shopfast_obs.analysis.traces.tree import tree

    builder = PatternBuilder()
    for trace in context.observations.traces if context.observations else ():
        grown = tree(trace)
        if grown.nodes:
            builder.add(grown)
    found: dict[str, list[Pattern]] = {}
    for pattern in builder.result():
        found.setdefault(pattern.service, []).append(pattern)
    return {service: tuple(mine) for service, mine in found.items()}


def untraced(rule: Rule, function: Resource, context: Context) -> Outcome | None:
    """Why nothing can be told from traces; None when there are some."""
    missing = context.missing("traces")
    if missing:
        return rule.unknown(function, missing)
    if context.traces(function):
        return None
    mode = at(function, "TracingConfig.Mode")
    why = "it is not traced" if mode != "Active" else f"no trace of it was sampled{during(context.window)}"
    return rule.unknown(function, why)


def patterned(
    id: str,  # noqa: A002 - a rule's own word
    title: str,
    severity: Severity,
    kinds: Sequence[Kind],
    *,
    says: str,
    when: str,
    why: str,
    remedy: str,
    limits: str,
    misleads: str = "",
    pages: bool = True,
) -> Rule:
    """The rule that finds such a pattern: `says` is the title with {name}, {call}, {calls}, {seconds} a trace and
    {traces}. What costs a request little, or few requests, is only worth an
    information. Without `pages` the pages of one scan or query are not meant."""

    def check(function: Resource, context: Context) -> Outcome:
        nothing = untraced(rule, function, context)
        if nothing:
            return nothing
        found = [p for p in patterns(function, context) if p.kind in kinds and (pages or not _PAGED.search(p.call))]
        seen = len(context.traces(function))
        if not found:
            return rule.clear(function, f"not in {plural(seen, 'trace')}")
        worst = found[0]
        each = worst.seconds / worst.traces
        return rule.found(
            function,
            says.format(
                name=function.name,
                call=worst.call,
                calls=f"{worst.calls / worst.traces:.0f}",
                seconds=f"{each:.2f}",
                traces=f"{worst.traces:,} of {plural(seen, 'trace')}",
            ),
            [_evidence(pattern, context) for pattern in found[:3]],
            Remedy(remedy.replace("`", ""), f"shopfast-obs trace {worst.exemplars[0]}"),
            severity=severity if each >= WORTH and worst.traces >= OFTEN * seen else Severity.INFO,
            harm=float(worst.traces),
        )

    check.__doc__ = f"Found when {when}"
    rule = Rule(
        id=id,
        title=title,
        severity=severity,
        types=(FUNCTION,),
        needs=("traces",),
        why=why,
        remedy=remedy,
        limits=limits,
        check=check,
        misleads=misleads,
    )
    return rule


def _evidence(pattern: Pattern, context: Context) -> Evidence:
    return Evidence(
        "traces",
        f"{pattern.call}: {plural(pattern.calls, 'call')} in {plural(pattern.traces, 'trace')}, "
        f"{pattern.seconds:.2f} s more than they had to take",
        " ".join(pattern.exemplars),
        {"calls": pattern.calls, "traces": pattern.traces, "seconds": pattern.seconds},
        context.window,
        pattern.exemplars,
    )
