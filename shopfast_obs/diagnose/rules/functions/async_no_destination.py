"""Functions whose failed events vanish."""

from __future__ import annotations

from shopfast_obs.analysis.wiring.delivery import senders
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, INVOKE_CONFIG, Resource

SERVICES = {"events": "EventBridge", "s3": "S3", "scheduler": "EventBridge Scheduler", "sns": "SNS"}


def judge(function: Resource, context: Context) -> Judgement:
    """Found when SNS, EventBridge, Scheduler or S3 invoke the function, and it has neither a dead-letter queue nor a
    destination."""
    if function.properties.get("DeadLetterConfig"):
        return Passed("it has a dead-letter queue")
    configs = context.naming(function, INVOKE_CONFIG, "FunctionName")
    if any(at(config, "DestinationConfig.OnFailure") for config in configs):
        return Passed("it has a destination for failures")
    unread = "" if function.stack else context.unread(INVOKE_CONFIG)
    if unread:
        return Undecided(unread)
    sending = senders(function, context.references)
    if not sending:
        return Passed("nothing invokes it asynchronously")
    who = f"{some(SERVICES.get(name, name) for name in sending)} {'invokes' if len(set(sending)) == 1 else 'invoke'}"
    return Found(
        f"{function.name} loses what fails: {who} it asynchronously, and failed events go nowhere",
        [configured("neither DeadLetterConfig nor OnFailure", "DeadLetterConfig", senders=len(sending))],
        Remedy("An on-failure destination (a queue with an alarm), which keeps the event and the error."),
    )


RULE = Rule(
    id="lambda-async-no-destination",
    title="Failed asynchronous events go nowhere",
    severity=Severity.LOW,
    types=(FUNCTION,),
    needs=("configuration",),
    why="After two retries Lambda drops the event, and only a counter knows.",
    remedy="`AWS::Lambda::EventInvokeConfig` with `DestinationConfig.OnFailure`, or a `DeadLetterConfig`.",
    limits="Asynchronous calls by other code (InvocationType Event) are not seen.",
    judge=judge,
    misleads="The redrive policy of the subscription covers only what Lambda does not accept at all.",
    runbook="dead-letters",
)
