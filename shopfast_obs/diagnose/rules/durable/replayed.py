"""Effects and changing values in a durable handler, outside of its steps."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.durable_functions import handler_of
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, plural
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.sources import Replayed

NAMED = 3


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the handler changes something itself, or decides by what differs each time, before an operation."""
    handler = handler_of(function, context)
    if handler is None:
        return Passed("its handler is no durable one")
    if not handler.replayed:
        return Passed("outside of its steps it changes nothing that can be seen")
    effects = [one for one in handler.replayed if one.effect]
    worst = (effects or list(handler.replayed))[0]
    what = "is done again at each resume" if worst.effect else "gives something else at each resume"
    more = len(handler.replayed) - 1
    return Found(
        f"{worst.call}() in {handler.name} of {function.name} stands outside of a step and {what} ({worst.place})"
        + (f", and {plural(more, 'more call')}" if more else ""),
        [_place(one) for one in (*effects, *(o for o in handler.replayed if not o.effect))[:NAMED]],
        Remedy("Put it into a step: its result is kept, and read at each resume."),
        severity=Severity.HIGH if worst.effect else Severity.MEDIUM,
        confidence="certain" if worst.effect else "likely",
        harm=float(len(effects)),
    )


def _place(one: Replayed) -> Evidence:
    said = "has an effect" if one.effect else "differs each time, and something depends on it"
    return Evidence("source code", f"{one.call}() {said}", one.place, {"line": one.line})


RULE = Rule(
    id="durable-replayed",
    title="Code of a durable handler outside of its steps is not safe to repeat",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("source code",),
    why=(
        "The handler runs again from its start at each resume: a message is sent several times, a row written several "
        "times, and a value by which it goes leads to other operations than the checkpoints have, which ends the "
        "execution."
    ),
    remedy="A step around each effect, each clock, each random value.",
    limits=(
        "The handler's own code alone, not what it calls: calls on clients of the module that do not read, HTTP calls "
        "that write, and clocks or random values that an operation, a step or a decision uses."
    ),
    judge=judge,
    lacking=missing_data.source,
    misleads="Tests that run an execution in one go see it once.",
)
