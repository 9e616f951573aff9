"""Queues that hand a message out again while it is still being processed."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.functions.callers import VISIBILITY
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import number
from shopfast_obs.model.findings import Evidence, PropertyChange, Remedy, Severity
from shopfast_obs.model.resources import EVENT_SOURCE_MAPPING, QUEUE, Resource


def judge(queue: Resource, context: Context) -> Judgement:
    """Found when VisibilityTimeout is less than six times the timeout of a consuming function and its batch window."""
    pairs = [(mapping, function) for mapping, function in context.consumers(queue) if function is not None]
    if not pairs:
        return Passed("no function of the inventory consumes it")
    visibility = number(queue.effective("VisibilityTimeout"))
    timeouts = [number(function.effective("Timeout")) for _, function in pairs]
    windows = [number(mapping.properties.get("MaximumBatchingWindowInSeconds") or 0) for mapping, _ in pairs]
    if visibility is None or None in (*timeouts, *windows):
        return Undecided("a timeout is left to a parameter")
    wanted, timeout, window, name = max(
        (VISIBILITY * (timeout or 0) + (window or 0), timeout or 0, window or 0, function.name)
        for timeout, window, (_, function) in zip(timeouts, windows, pairs, strict=True)
    )
    if visibility >= wanted:
        return Passed(f"{visibility:.0f} s are at least {VISIBILITY} times the {timeout:.0f} s of {name}")
    collected = f" and collects for {window:.0f} s" if window else ""
    change = PropertyChange(QUEUE, queue.name, "VisibilityTimeout", int(visibility), int(wanted), "no second delivery")
    return Found(
        f"{queue.name} hides a message for {visibility:.0f} s, {name} may take {timeout:.0f} s{collected}: "
        f"{wanted:.0f} s are advised",
        [
            Evidence(
                "configuration",
                f"VisibilityTimeout {visibility:.0f} s, Timeout {timeout:.0f} s, batch window {window:.0f} s",
                "VisibilityTimeout",
                {"visibility": visibility, "timeout": timeout, "batch_window": window},
            )
        ],
        Remedy(f"VisibilityTimeout {wanted:.0f}.", "shopfast-obs fix --apply", (change,)),
        # AWS refuses a mapping below the timeout; between once and six times it is advice.
        severity=Severity.MEDIUM if visibility < timeout else Severity.INFO,
    )


RULE = Rule(
    id="sqs-visibility-short",
    title="A queue's visibility timeout is short",
    severity=Severity.INFO,
    types=(QUEUE,),
    needs=("configuration",),
    why="A message that becomes visible while it is being processed is processed twice.",
    remedy=f"At least {VISIBILITY} times the function's timeout, and the batch window on top.",
    limits="Only consumers by event source mapping are seen.",
    judge=judge,
    lacking=missing_data.resources(EVENT_SOURCE_MAPPING),
    misleads="The second delivery looks like a duplicate that the sender made.",
)
