"""The alarms on queries that are there already: they may watch what the catalogue would, under other names."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.analysis.metrics.metrics_insights import InsightsError, read_insights
from shopfast_obs.model.references import readable
from shopfast_obs.model.resources import ALARM, LOG_ALARM, Inventory
from shopfast_obs.model.telemetry import WatchedQuery
from shopfast_obs.parse.templates.alarm_definition import queries

LONGEST = 80  # characters of a query that are shown


def on_queries(inventory: Inventory) -> tuple[str, ...]:
    """What each alarm on a query reads, in a sentence."""
    return tuple(_sentences(inventory))


def _sentences(inventory: Inventory) -> Iterator[str]:
    for alarm in inventory.of_type(ALARM, LOG_ALARM):
        for query in queries(alarm.properties):
            yield f"{alarm.name} {_said(query)}"


def _said(query: WatchedQuery) -> str:
    if query.language == "Logs Insights":
        groups = ", ".join(readable(name) or "a log group of a parameter" for name in query.groups)
        return f"looks into the log of {groups or 'log groups that its query chooses'}: {_short(query.text)}"
    if query.language == "Metrics Insights":
        try:
            read = read_insights(query.text)
        except InsightsError as problem:
            return f"reads a query that could not be read: {problem}"
        by = f" by {', '.join(read.groups)}" if read.groups else ""
        of = " and ".join(f"{one.label} {one.operator} {readable(one.value)}" for one in read.conditions)
        return f"reads {read.namespace} {read.metric}{f' of {of}' if of else ''}{by}"
    if query.language == "PromQL":
        return f"evaluates PromQL, and which of these it watches is not known: {_short(query.text)}"
    return "reads what was not told"


def _short(text: str) -> str:
    said = " ".join(readable(text).split())
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
