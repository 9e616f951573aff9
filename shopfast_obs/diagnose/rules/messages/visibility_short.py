"""Queues that hand a message out again while it is still being processed."""

from __future__ import annotations

from shopfast_obs.diagnose.callers import VISIBILITY, queues_of
from shopfast_obs.diagnose.interface import Context, Rule
from shopfast_obs.model.findings import Clear, Evidence, Finding, NotEnoughData, Outcome, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, QUEUE, Resource

ID = "sqs-visibility-short"


def check(queue: Resource, context: Context) -> Outcome:
    """Found when VisibilityTimeout is less than six times the timeout of a consuming function."""
    consumers = [f for f in context.inventory.of_type(FUNCTION) if queue in queues_of(f, context)]
    if not consumers:
        return Clear(ID, queue.name, "no function of the inventory consumes it")
    try:
        visibility = int(queue.effective("VisibilityTimeout"))
        slowest = max(consumers, key=lambda f: int(f.effective("Timeout")))
        timeout = int(slowest.effective("Timeout"))
    except (TypeError, ValueError):
        return NotEnoughData(ID, queue.name, "a timeout is left to a parameter")
    if visibility >= VISIBILITY * timeout:
        return Clear(
            ID, queue.name, f"{visibility} s are at least {VISIBILITY} times the {timeout} s of {slowest.name}"
        )
    return Finding(
        rule=ID,
        # AWS refuses a mapping below the timeout; between once and six times it is advice.
        severity=Severity.MEDIUM if visibility < timeout else Severity.INFO,
        resource_type=QUEUE,
        resource=queue.name,
        title=(
            f"{queue.name} hides a message for {visibility} s, {slowest.name} may take {timeout} s: "
            f"{VISIBILITY * timeout} s are advised"
        ),
        evidence=(
            Evidence(
                "configuration",
                f"VisibilityTimeout {visibility} s, Timeout {timeout} s",
                "VisibilityTimeout",
                {"visibility": visibility, "timeout": timeout},
            ),
        ),
        remedy=Remedy(f"VisibilityTimeout {VISIBILITY * timeout}."),
        misleads="The second delivery looks like a duplicate that the sender made.",
    )


RULE = Rule(
    id=ID,
    title="A queue's visibility timeout is short",
    severity=Severity.INFO,
    types=(QUEUE,),
    needs=("configuration",),
    why="A message that becomes visible while it is being processed is processed twice.",
    remedy=f"At least {VISIBILITY} times the function's timeout.",
    limits="Only consumers by event source mapping are seen.",
    check=check,
)
