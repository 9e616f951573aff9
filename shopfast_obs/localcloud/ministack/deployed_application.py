"""What CloudWatch needs of MiniStack: log groups, topics, functions, streams, buses, queues."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.interface import QueueDepth, Scope
from shopfast_obs.localcloud.ministack import in_process
from shopfast_obs.localcloud.ministack.log_directory import MiniStackLogs
from shopfast_obs.localcloud.ministack.untyped import Untyped


class MiniStackApplication:
    """The DeployedApplication over MiniStack's services."""

    def __init__(self) -> None:
        self.logs = MiniStackLogs()

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Publish on an SNS topic, in the topic's own account and region; raises LookupError when there is none."""
        from ministack.core.responses import request_scope

        with request_scope(*_owner(topic_arn)):
            if not in_process.publish(topic_arn, message, subject):
                raise LookupError(f"the topic {topic_arn} does not exist")

    def invoke(self, function_arn: str, event: Mapping[str, Any]) -> None:
        """Invoke a function asynchronously; raises LookupError when there is none."""
        from ministack.core.responses import request_scope
        from ministack.services import lambda_svc

        with request_scope(*_owner(function_arn)):
            func, config, _ = lambda_svc._get_func_record_for_ref(function_arn)
            if not func or not config:
                raise LookupError(f"the function {function_arn} does not exist")
            lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), dict(event))

    def put_record(self, stream_arn: str, data: bytes, key: str) -> None:
        """Put a record on a Kinesis or Firehose stream; raises LookupError when there is none."""
        from ministack.core.responses import request_scope

        with request_scope(*_owner(stream_arn)):
            if stream_arn.split(":")[2] == "firehose":
                taken = in_process.put_firehose_record(stream_arn, data)
            else:
                taken = in_process.put_kinesis_record(stream_arn, data, key)
        if not taken:
            raise LookupError(f"the stream {stream_arn} does not take the record")

    def put_event(self, scope: Scope, source: str, detail_type: str, event: Mapping[str, Any]) -> None:
        """Put an event of AWS's own on the default bus; `event` has its `detail` and `resources`."""
        from ministack.core.responses import request_scope

        with request_scope(scope.account, scope.region):
            bus = scope.arn("events", "event-bus/default")
            in_process.put_event(bus, source, detail_type, event["detail"], event.get("resources") or ())

    def queue_depths(self) -> Sequence[QueueDepth]:
        """All queues of all accounts and regions."""
        from ministack.services import sqs

        now = time.time()
        return [_depth(Scope(*key[:2]), queue, now) for key, queue in list(sqs._queues._data.items())]


def _owner(arn: str) -> tuple[str, str]:
    _, _, _, region, account, _ = arn.split(":", 5)
    return account, region


def _depth(scope: Scope, queue: dict[str, Untyped], now: float) -> QueueDepth:
    messages = list(queue["messages"])
    visible = [m for m in messages if m["visible_at"] <= now]
    hidden = [m for m in messages if m["visible_at"] > now]
    flying = [m for m in hidden if m.get("receive_count")]
    oldest = min((m["sent_at"] for m in messages), default=now)
    counts = (len(visible), len(flying), max(0.0, now - oldest), len(hidden) - len(flying))
    return QueueDepth(queue["name"], *counts, scope=scope, oldest_sent=oldest)
