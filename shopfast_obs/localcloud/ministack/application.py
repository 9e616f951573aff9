"""What the CloudWatch plane needs of MiniStack: logs to append to, topics to publish on, queues to measure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from shopfast_obs.localcloud.interface import QueueDepth, Telemetry
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


def put_log_events(telemetry: Telemetry) -> Callable[[dict[str, Untyped]], Untyped]:
    """PutLogEvents that takes the way of the functions' own lines, so that EMF in it becomes metrics too."""
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import cloudwatch_logs as logs

    def put(data: dict[str, Untyped]) -> Untyped:
        group, stream = str(data.get("logGroupName")), str(data.get("logStreamName"))
        if group not in logs._log_groups:
            message = f"The specified log group does not exist: {group}"
            return error_response_json("ResourceNotFoundException", message, 400)
        if stream not in logs._log_groups[group]["streams"]:
            message = f"The specified log stream does not exist: {stream}"
            return error_response_json("ResourceNotFoundException", message, 400)
        now = time.time() * 1000
        events = [(e.get("timestamp", now) / 1000, str(e.get("message", ""))) for e in data.get("logEvents") or ()]
        telemetry.put_log_events(group, stream, events)
        record = logs._log_groups[group]["streams"][stream]
        record["uploadSequenceToken"] = str(int(record["uploadSequenceToken"]) + 1)
        return json_response({"nextSequenceToken": record["uploadSequenceToken"]})

    return put
