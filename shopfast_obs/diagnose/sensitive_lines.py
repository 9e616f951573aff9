"""Rules about what a log should not hold: people's data and secrets, shown masked."""

from __future__ import annotations

from collections import Counter

from shopfast_obs.analysis.sensitive import Hit, find
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule, plural
from shopfast_obs.diagnose.invocations import during
from shopfast_obs.model.findings import Evidence, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.telemetry import LogEvent

SHOWN = 3


def sensitive(
    id: str,  # noqa: A002 - a rule's own word
    title: str,
    severity: Severity,
    *,
    secret: bool,
    why: str,
    remedy: str,
    limits: str,
    misleads: str,
) -> Rule:
    """The rule that finds secrets, or what is about people, in a function's own lines."""

    def check(function: Resource, context: Context) -> Outcome:
        missing = context.missing("logs", function.name) or context.missing("logs")
        if missing:
            return rule.unknown(function, missing)
        lines = context.lines(function)
        if not lines:
            return rule.unknown(function, f"it wrote no line of its own{during(context.window)}")
        every = context.once(
            ("sensitive", function.name), lambda: [(line, hit) for line in lines for hit in _hits(line)]
        )
        found = [(line, hit) for line, hit in every if hit.secret is secret]
        if not found:
            return rule.clear(function, f"nothing of it in {plural(len(lines), 'line')}")
        kinds = Counter(hit.kind for _, hit in found)
        affected = len({id_of(line) for line, _ in found})
        return rule.found(
            function,
            f"{function.name} writes {_sentence(kinds)} into its log ({affected:,} of {plural(len(lines), 'line')})",
            [
                Evidence(
                    "logs",
                    f"{hit.kind}, masked",
                    f"{line.group} {line.stream}",
                    {"lines": affected, "timestamp": line.timestamp, **dict(kinds)},
                    context.window,
                )
                for line, hit in _different(found)
            ],
            Remedy(remedy.replace("`", "")),
            confidence="likely",
            harm=float(affected),
        )

    check.__doc__ = f"Found when {'a secret' if secret else 'data about people'} stands in the function's own lines."
    rule = Rule(
        id=id,
        title=title,
        severity=severity,
        types=(FUNCTION,),
        needs=("logs",),
        why=why,
        remedy=remedy,
        limits=limits,
        check=check,
        misleads=misleads,
    )
    return rule


def _hits(line: LogEvent) -> list[Hit]:
    return list(find(line.message))


def id_of(line: LogEvent) -> tuple[str, float, str]:
    """What tells one line from another."""
    return line.stream, line.timestamp, line.event_id


def _sentence(kinds: Counter[str]) -> str:
    return ", ".join(plural(count, kind) for kind, count in kinds.most_common())


def _different(found: list[tuple[LogEvent, Hit]]) -> list[tuple[LogEvent, Hit]]:
    """One line of each kind first."""
    first = {hit.kind: (line, hit) for line, hit in reversed(found)}
    return [*first.values()][:SHOWN]
