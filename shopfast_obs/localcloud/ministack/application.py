"""What the CloudWatch plane needs of MiniStack: logs to append to, topics to publish on, queues to measure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from shopfast_obs.localcloud.interface import QueueDepth
from shopfast_obs.localcloud.ministack.untyped import Untyped

LogEvents = Sequence[tuple[float, str]]


class MiniStackApplication:
    """The ApplicationPlane over MiniStack's services."""

    def append_log_events(self, group: str, stream: str, events: LogEvents) -> None:
        """Append to a stream of CloudWatch Logs, creating group and stream; subscription filters see the events."""
        from ministack.services import cloudwatch_logs as logs

        if not events:
            return
        if group not in logs._log_groups:
            logs._create_log_group({"logGroupName": group})
        streams = logs._log_groups[group]["streams"]
        if stream not in streams:
            logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
        now = int(time.time() * 1000)
        stored = [{"timestamp": int(at * 1000), "message": text, "ingestionTime": now} for at, text in events]
        logs._append_log_events(streams[stream], stored)
        logs._fanout_to_subscription_filters(group, stream, stored)
        logs._fanout_to_live_tail_sessions(group, stream, stored)

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Publish on an SNS topic, in the topic's own account and region."""
        from ministack.core.responses import request_scope

        from shopfast_obs.localcloud.ministack import inprocess

        _, _, _, region, account, _ = topic_arn.split(":", 5)
        with request_scope(account, region):
            inprocess.publish(topic_arn, message, subject)

    def queue_depths(self) -> Sequence[QueueDepth]:
        """All queues of all accounts and regions."""
        from ministack.services import sqs

        return [_depth(queue, time.time()) for queue in list(sqs._queues._data.values())]


def _depth(queue: dict[str, Untyped], now: float) -> QueueDepth:
    messages = list(queue["messages"])
    visible = [m for m in messages if m["visible_at"] <= now]
    hidden = [m for m in messages if m["visible_at"] > now and m.get("receive_count")]
    oldest = min((m["sent_at"] for m in messages), default=now)
    return QueueDepth(queue["name"], len(visible), len(hidden), max(0.0, now - oldest))


PutLogEvents = Callable[[dict[str, Untyped]], Untyped]


def observed_put_log_events(put: PutLogEvents, seen: Callable[[str, str, LogEvents], None]) -> PutLogEvents:
    """PutLogEvents that tells `seen` of every batch that was accepted."""

    def wrapped(data: dict[str, Untyped]) -> Untyped:
        answer = put(data)
        if answer[0] == 200:
            events: Iterable[dict[str, Untyped]] = data.get("logEvents", ())
            now = time.time() * 1000
            batch = [(e.get("timestamp", now) / 1000, e.get("message", "")) for e in events]
            seen(data["logGroupName"], data["logStreamName"], batch)
        return answer

    return wrapped
