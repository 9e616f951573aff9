"""Event rules that wait for what no code sends."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.analysis.wiring.event_patterns import accepts
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.diagnose.property_values import is_open
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import EVENT_RULE, Resource
from shopfast_obs.model.sources import Call

FIELDS = (("source", "Source"), ("detail-type", "DetailType"))  # of a pattern, and of an entry of PutEvents
NEAR = 0.8  # of all letters and digits are the same: a slip, and not another word
MATCHED = Measure(EVENT_RULE, "MatchedEvents")


def judge(rule: Resource, context: Context) -> Judgement:
    """Found when every event that the sources put is refused by the rule's pattern, by its source or detail-type."""
    pattern = rule.properties.get("EventPattern")
    if not isinstance(pattern, Mapping) or is_open(pattern):
        return Passed("it has no pattern")
    puts = [(name, call) for name, source in context.sources.items() for call in source.of("put_events")]
    answers = [(name, call, _fits(pattern, call)) for name, call in puts]
    decided = _decided(rule, pattern, [(call, fits) for _, call, fits in answers])
    if decided is not None:
        return decided
    matched = context.total(rule, MATCHED) if not context.missing("metrics") else 0
    if matched:
        return Passed(f"it matched {plural(matched, 'event')}, whoever sent them")
    types = some(dict(call.literals).get("DetailType", "?") for _, call, _ in answers)
    return Found(
        f"{rule.name} waits for {_words(pattern)}, and the sources put {types}: it can never match",
        [
            configured(f"EventPattern: {_words(pattern)}", "EventPattern", events=len(puts)),
            *(
                Evidence("source code", _put(call), f"{name} {call.place}", {"line": call.line})
                for name, call, _ in answers[:3]
            ),
        ],
        Remedy("Make pattern and event say the same, letter for letter; then send one event and look for it."),
        severity=Severity.HIGH if context.observations else Severity.MEDIUM,
        confidence="likely",
    )


def _decided(rule: Resource, pattern: Mapping[str, Any], puts: Sequence[tuple[Call, bool | None]]) -> Judgement | None:
    """The outcome where no event is refused for certain."""
    wanted = [str(name) for name in pattern.get("source") or ()]
    if wanted and all(name.startswith("aws.") for name in wanted):
        return Passed("it waits for events of AWS")
    answers = [fits for _, fits in puts]
    if not answers:
        return Undecided("no source is here that puts events")
    if any(answers):
        return Passed("a source puts what it waits for")
    if None in answers:
        return Undecided("what the sources put is only known when they run")
    if not any(_resembles(pattern, call) for call, _ in puts):
        return Undecided("the sources put nothing like it: who sends it is not here")
    return None


def _resembles(pattern: Mapping[str, Any], call: Call) -> bool:
    """Whether the event is near enough to be meant: another application may use the same bus."""
    literals = dict(call.literals)
    for field, key in FIELDS:
        given = literals.get(key, "")
        wanted = [text for text in pattern.get(field) or () if isinstance(text, str)]
        if field in pattern and (accepts(pattern[field], given) or any(_near(text, given) for text in wanted)):
            return True
    return False


def _near(one: str, other: str) -> bool:
    first, second = (re.sub("[^a-z0-9]", "", text.lower()) for text in (one, other))
    return difflib.SequenceMatcher(None, first, second).ratio() >= NEAR


def _fits(pattern: Mapping[str, Any], call: Call) -> bool | None:
    """Whether the pattern takes the event; None when the source leaves open what it puts."""
    literals = dict(call.literals)
    answers = []
    for field, key in FIELDS:
        if field in pattern:
            answers.append(accepts(pattern[field], literals[key]) if key in literals else None)
    return False if False in answers else None if None in answers else True


def _words(pattern: Mapping[str, Any]) -> str:
    return ", ".join(f"{field} {json.dumps(pattern[field])}" for field, _ in FIELDS if field in pattern)


def _put(call: Call) -> str:
    literals = dict(call.literals)
    return f"puts source {literals.get('Source', '?')!r}, detail-type {literals.get('DetailType', '?')!r}"


RULE = Rule(
    id="event-pattern-mismatch",
    title="An event rule waits for what no code sends",
    severity=Severity.HIGH,
    types=(EVENT_RULE,),
    needs=("configuration", "source code", "metrics"),
    why="The event is accepted, matches nothing and is gone: whatever should have followed never starts.",
    remedy="The same source and detail-type on both sides.",
    limits="Python sources of the project only. A rule that matched in the window, before it was changed, is clear.",
    judge=judge,
    misleads="PutEvents says FailedEntryCount 0, and the publisher logs success.",
    runbook="delivery-failures",
    measures=(MATCHED,),
)
