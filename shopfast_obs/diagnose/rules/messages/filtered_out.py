"""Subscriptions whose filter lets nothing through."""

from __future__ import annotations

import json

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, counted
from shopfast_obs.diagnose.functions.invocations import during
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided, plural
from shopfast_obs.diagnose.metric_reads import Measure
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import SUBSCRIPTION, TOPIC, Resource

PUBLISHED = Measure(TOPIC, "NumberOfMessagesPublished")
FILTERED = Measure(TOPIC, "NumberOfNotificationsFilteredOut")
BARE = Measure(TOPIC, "NumberOfNotificationsFilteredOut-NoMessageAttributes")


def judge(subscription: Resource, context: Context) -> Judgement:
    """Found when a filter policy filtered out every message, or needs attributes that the sources never send."""
    if not subscription.properties.get("FilterPolicy"):
        return Passed("it has no filter")
    topic = next(iter(context.references.named(subscription.properties.get("TopicArn"), TOPIC)), None)
    if topic is None:
        return Undecided("its topic is not in the inventory")
    bare = _bare_publishers(subscription, context)
    missing = context.missing("metrics")
    if missing and not bare:
        return Undecided(missing)
    published, filtered = context.total(topic, PUBLISHED), context.total(topic, FILTERED)
    if not missing and not published:
        return Undecided(f"nothing was published on {topic.name}{during(context.window)}")
    filters = [
        s
        for s in context.inventory.of_type(SUBSCRIPTION)
        if s.properties.get("FilterPolicy") and context.references.names(s.properties.get("TopicArn"), topic)
    ]
    if not missing and filtered < published * len(filters):
        return Passed(f"{filtered:,} of {plural(published, 'message')} filtered out")
    endpoint = str(subscription.properties.get("Endpoint") or subscription.name).rpartition(":")[2]
    why = "its filter needs message attributes, and the source sends none" if bare else "its filter matches none"
    return Found(
        f"{endpoint} gets nothing of {topic.name}: {why}" + (f" ({filtered:,} filtered out)" if filtered else ""),
        [
            configured(
                f"FilterPolicy {json.dumps(subscription.properties['FilterPolicy'])}",
                "FilterPolicy",
                scope=str(subscription.properties.get("FilterPolicyScope") or "MessageAttributes"),
            ),
            *(
                [
                    counted(
                        f"{published:,} published, {filtered:,} filtered out",
                        topic,
                        FILTERED,
                        context,
                        published=published,
                        filtered=filtered,
                    )
                ]
                if published
                else []
            ),
            *bare[:2],
        ],
        Remedy("Send the attributes that the filter names, or filter by FilterPolicyScope MessageBody."),
        severity=RULE.severity if published else Severity.MEDIUM,
        confidence="certain" if published else "likely",
        harm=float(published),
    )


def _bare_publishers(subscription: Resource, context: Context) -> list[Evidence]:
    """The publishing calls without attributes, when there is no other and the filter looks at attributes."""
    if subscription.properties.get("FilterPolicyScope") == "MessageBody":
        return []
    calls = [(name, call) for name, source in context.sources.items() for call in source.of("publish")]
    if any({"MessageAttributes", "**"} & call.names for _, call in calls):
        return []
    said = "publish without MessageAttributes"
    return [Evidence("source code", said, f"{name} {call.place}", {"line": call.line}) for name, call in calls]


RULE = Rule(
    id="sns-filtered-out",
    title="A subscription's filter lets nothing through",
    severity=Severity.HIGH,
    types=(SUBSCRIPTION,),
    needs=("configuration", "metrics", "source code"),
    why="A message that is filtered out is neither delivered nor failed: nobody is told.",
    remedy="Attributes that match, or a filter on the body.",
    limits="With several filtered subscriptions of a topic, all of them must be silent before one is found.",
    judge=judge,
    misleads="The dead-letter queue stays empty: filtered is not failed.",
    runbook="delivery-failures",
    measures=(PUBLISHED, FILTERED, BARE),
)
