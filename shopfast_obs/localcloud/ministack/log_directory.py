"""The log groups and streams that MiniStack keeps. Their events are ours: see localcloud/logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from shopfast_obs.localcloud.interface import LogFilter, LogGroup, Scope, StreamSpan
from shopfast_obs.localcloud.ministack import in_process
from shopfast_obs.localcloud.ministack.untyped import Untyped

Handler = Callable[[dict[str, Untyped]], Untyped]


class MiniStackLogs:
    """The LogDirectory over MiniStack's log service."""

    def group(self, scope: Scope, name: str) -> LogGroup | None:
        """A log group by name."""
        with _within(scope) as logs:
            record = logs._log_groups.get(name)
            return None if record is None else _group(logs, name, record)

    def groups(self, scope: Scope) -> Sequence[LogGroup]:
        """All log groups of an account and region, by name."""
        with _within(scope) as logs:
            return [_group(logs, name, record) for name, record in sorted(logs._log_groups.items())]

    def everywhere(self) -> Sequence[tuple[Scope, LogGroup]]:
        """All log groups."""
        from ministack.services import cloudwatch_logs as logs

        scopes = {Scope(account, region) for (account, region, _), _ in logs._log_groups.all_items()}
        return [(scope, group) for scope in sorted(scopes) for group in self.groups(scope)]

    def streams(self, scope: Scope, group: str) -> Sequence[str]:
        """The names of the streams of a group, in order."""
        with _within(scope) as logs:
            record = logs._log_groups.get(group)
            return [] if record is None else sorted(record["streams"])

    def create(self, scope: Scope, group: str, stream: str) -> None:
        """Make sure that group and stream are there."""
        with _within(scope) as logs:
            if group not in logs._log_groups:
                logs._create_log_group({"logGroupName": group})
            if stream not in logs._log_groups[group]["streams"]:
                logs._create_log_stream({"logGroupName": group, "logStreamName": stream})

    def wrote(self, scope: Scope, group: str, stream: str, span: StreamSpan) -> None:
        """Take note of the events that a stream was given."""
        with _within(scope) as logs:
            record = logs._log_groups[group]["streams"][stream]
            first, last = record["firstEventTimestamp"], record["lastEventTimestamp"]
            record["firstEventTimestamp"] = span.first if first is None else min(first, span.first)
            record["lastEventTimestamp"] = span.last if last is None else max(last, span.last)
            record["lastIngestionTime"] = span.ingested

    def show_live(self, scope: Scope, group: str, stream: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Hand events to the Live Tail sessions that watch the group."""
        with _within(scope) as logs:
            logs._fanout_to_live_tail_sessions(group, stream, list(events))


@contextmanager
def _within(scope: Scope) -> Iterator[Untyped]:
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch_logs

    with request_scope(scope.account, scope.region):
        yield cloudwatch_logs


def _group(logs: Untyped, name: str, record: dict[str, Untyped]) -> LogGroup:
    metric = [f for (group, _), f in logs._metric_filters.items() if group == name]
    subscriptions = list((record.get("subscriptionFilters") or {}).values())
    return LogGroup(
        name, record["arn"], record.get("retentionInDays"), [*map(_filter, metric)], [*map(_filter, subscriptions)]
    )


def _filter(record: dict[str, Untyped]) -> LogFilter:
    return LogFilter(record["filterName"], record.get("filterPattern", ""), record)


def checked(put: Handler, problem: Callable[[Mapping[str, Any]], str]) -> Handler:
    """A handler that refuses what has a problem, for CloudFormation as for the API."""
    from ministack.core.responses import error_response_json

    def handle(data: dict[str, Untyped]) -> Untyped:
        wrong = problem(data)
        return error_response_json("InvalidParameterException", wrong, 400) if wrong else put(data)

    return handle


def forgetting(delete: Handler, forget: Callable[[Scope, str, str | None], None]) -> Handler:
    """A deletion that takes the events along."""

    def handle(data: dict[str, Untyped]) -> Untyped:
        answer = delete(data)
        if answer[0] == 200:
            forget(in_process.current_scope(), str(data["logGroupName"]), data.get("logStreamName"))
        return answer

    return handle
