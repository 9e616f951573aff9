"""Functions whose failed events vanish."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.diagnose.values import at
from shopfast_obs.model.findings import Outcome, Remedy, Severity
from shopfast_obs.model.resources import (
    EVENT_RULE,
    FUNCTION,
    INVOKE_CONFIG,
    PERMISSION,
    SCHEDULE,
    SUBSCRIPTION,
    Resource,
)

SENDERS = ("sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com", "iot.amazonaws.com", "logs.amazonaws.com")


def check(function: Resource, context: Context) -> Outcome:
    """Found when SNS, EventBridge, Scheduler or S3 invoke the function, and it has neither a dead-letter queue nor a
    destination."""
    if function.properties.get("DeadLetterConfig"):
        return RULE.clear(function, "it has a dead-letter queue")
    configs = context.naming(function, INVOKE_CONFIG, "FunctionName")
    if any(at(config, "DestinationConfig.OnFailure") for config in configs):
        return RULE.clear(function, "it has a destination for failures")
    unread = "" if function.stack else context.unread(INVOKE_CONFIG)
    if unread:
        return RULE.unknown(function, unread)
    senders = sorted(_senders(function, context))
    if not senders:
        return RULE.clear(function, "nothing invokes it asynchronously")
    return RULE.found(
        function,
        f"{function.name} loses what fails: {some(senders)} invoke it asynchronously, and failed events go nowhere",
        [configured("neither DeadLetterConfig nor OnFailure", "DeadLetterConfig", senders=len(senders))],
        Remedy("An on-failure destination (a queue with an alarm), which keeps the event and the error."),
    )


def _senders(function: Resource, context: Context) -> Iterator[str]:
    for permission in context.naming(function, PERMISSION, "FunctionName"):
        principal = permission.properties.get("Principal")
        if isinstance(principal, str) and principal in SENDERS:
            yield principal.partition(".")[0]
    if context.naming(function, SUBSCRIPTION, "Endpoint"):
        yield "sns"
    if context.naming(function, EVENT_RULE, "Targets", "Arn"):
        yield "events"
    if context.naming(function, SCHEDULE, "Target", "Arn"):
        yield "scheduler"


RULE = Rule(
    id="lambda-async-no-destination",
    title="Failed asynchronous events go nowhere",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("configuration",),
    why="After two retries Lambda drops the event, and only a counter knows.",
    remedy="`AWS::Lambda::EventInvokeConfig` with `DestinationConfig.OnFailure`, or a `DeadLetterConfig`.",
    limits="Asynchronous calls by other code (InvocationType Event) are not seen.",
    check=check,
    misleads="The redrive policy of the subscription covers only what Lambda does not accept at all.",
    runbook="dead-letters",
)
