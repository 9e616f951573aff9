"""Functions on a runtime that AWS no longer patches."""

from __future__ import annotations

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at, is_open
from shopfast_obs.facts import facts
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource


def judge(function: Resource, context: Context) -> Judgement:
    """Found when AWS has stopped patching the runtime by the day of the table."""
    runtime = at(function, "Runtime")
    if is_open(runtime):
        return Undecided("its Runtime is left to a parameter")
    if runtime is None:
        return Passed("an image brings its own runtime")
    known, today = facts("runtimes")["runtimes"].get(str(runtime)), facts("runtimes")["as_of"]
    if known is None:
        return Passed(f"{runtime} is none that AWS has taken out of support by {today}")
    if known["patched_until"] is None:
        return Passed(f"no day of {runtime} is known")
    if known["patched_until"] > today:
        return Passed(f"{runtime} is patched until {known['patched_until']}")
    since = known["patched_until"]
    return Found(
        f"{function.name} runs on {runtime}, which AWS does not patch since {since}{_blocked(known, today)}",
        [configured(f"Runtime is {runtime}", "Runtime", patched_until=since, as_of=today)],
        Remedy(f"{known['successor'] or 'A newer runtime'}, or the next version of the language; test there first."),
    )


def _blocked(known: dict[str, str | None], today: str) -> str:
    """From when on nobody can create or change a function that runs on it."""
    create, update = known["no_creation_from"], known["no_update_from"]
    if not create or not update:
        return ""
    if update <= today:
        return ": it can no longer be changed"
    created = f"none can be created from {create} on" if create > today else "none can be created any more"
    return f": {created}, and none changed from {update} on"


RULE = Rule(
    id="lambda-runtime-old",
    title="The runtime is out of support",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    needs=("configuration",),
    why="Without patches every library below the code ages; later neither code nor configuration can be changed.",
    remedy="The next version of the language; test there first.",
    limits=f"The dates are those of the Lambda guide of {facts('runtimes')['as_of']}; an image brings its own runtime "
    "and is not judged.",
    judge=judge,
    misleads="It goes on working for months: the end comes with the next change.",
)
