"""What is asked of a log group and its class does not do."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.diagnose.context import Context, log_group
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.log_retention import STANDARD, class_of, takes
from shopfast_obs.diagnose.property_values import at, entries
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.records import record
from shopfast_obs.model.resources import FUNCTION, LOG_ALARM, LOG_GROUP, METRIC_FILTER, SUBSCRIPTION_FILTER, Resource

NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE"  # who sets it writes embedded metrics


@record
class _Asked:
    """What somebody asks of the group (a column of facts/log_classes.json), in words, and where it is written."""

    what: str
    said: str
    path: str


def judge(group: Resource, context: Context) -> Judgement:
    """Found when a class other than STANDARD is given what it does not take: metric filters, embedded metrics,
    subscription filters, data protection, field indexes, and DELIVERY a RetentionInDays or a log alarm."""
    class_ = class_of(group)
    if not class_:
        return Undecided("its LogGroupClass is left to a parameter")
    if class_ == STANDARD:
        return Passed("its class is STANDARD, which does everything")
    asked = list(_asked(group, context))
    wrong = [one for one in asked if takes(group, one.what) is False]
    if wrong:
        return Found(
            f"{group.name} is of the class {class_}, which takes no {wrong[0].said}",
            [configured(f"{class_} takes no {one.said}", one.path, log_group_class=class_) for one in wrong[:3]],
            Remedy(
                "A class cannot be changed: a new log group of the class STANDARD, or without what it does not take."
            ),
        )
    unsaid = [one.said for one in asked if takes(group, one.what) is None]
    if unsaid:
        return Undecided(f"no document says whether the class {class_} takes {unsaid[0]}")
    return Passed(f"nothing is asked of it that the class {class_} does not do")


def _asked(group: Resource, context: Context) -> Iterator[_Asked]:
    said = group.properties
    if context.observations is None and said.get("RetentionInDays"):
        days = said["RetentionInDays"]
        yield _Asked("retention", f"RetentionInDays ({days}): the deployment fails", "RetentionInDays")
    filters = [one.name for one in context.naming(group, METRIC_FILTER, "LogGroupName")]
    if filters:
        yield _Asked("metric_filters", f"metric filter ({some(filters)}): its metric has no data", "LogGroupClass")
    writers = [one.name for one in context.inventory.of_type(FUNCTION) if _embeds(one, group, context)]
    if writers:
        lost = f"embedded metrics, which {some(writers)} writes into it: they become lines and no metrics"
        yield _Asked("embedded_metrics", lost, "LogGroupClass")
    subscribers = [one.name for one in context.naming(group, SUBSCRIPTION_FILTER, "LogGroupName")]
    if subscribers:
        yield _Asked("subscription_filters", f"subscription filter ({some(subscribers)})", "LogGroupClass")
    alarms = [
        one.name for one in context.naming(group, LOG_ALARM, "ScheduledQueryConfiguration", "LogGroupIdentifiers")
    ]
    if alarms:
        yield _Asked("insights", f"queries, and so no log alarm ({some(alarms)})", "LogGroupClass")
    if said.get("DataProtectionPolicy"):
        yield _Asked("data_protection", "data protection policy: nothing is masked", "DataProtectionPolicy")
    if said.get("FieldIndexPolicies"):
        yield _Asked("field_indexes", "field index", "FieldIndexPolicies")


def _embeds(function: Resource, group: Resource, context: Context) -> bool:
    """True for a function that writes embedded metrics into the group, by its log or by its environment."""
    if context.log_groups.get(log_group(function)) is not group:
        return False
    if any('"CloudWatchMetrics"' in event.message for event in context.lines(function)):
        return True
    return NAMESPACE in entries(at(function, "Environment.Variables"))


RULE = Rule(
    id="logs-class-limits",
    title="A log group's class does not do what is asked of it",
    severity=Severity.MEDIUM,
    types=(LOG_GROUP,),
    needs=("configuration",),
    why="A class is chosen for its price, once and for all. What it leaves out fails the deployment, or nothing comes "
    "of it and nobody is told.",
    remedy="A log group of the class STANDARD for what is measured, masked or passed on.",
    limits="By the guide's table of log classes; of ESSENTIALS, the newest, no document says what it takes. Embedded "
    "metrics are known by a function's log, or by Powertools' namespace in its environment.",
    judge=judge,
    misleads="The lines are there, so the metrics seem to be, too.",
)
