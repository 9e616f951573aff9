"""SNS: functions are invoked asynchronously, delivery streams get their records, and what happens is measured."""

from __future__ import annotations

import json
import logging

from shopfast_obs.localcloud.ministack import in_process
from shopfast_obs.localcloud.ministack.messaging import topic_segment
from shopfast_obs.localcloud.ministack.messaging.queue_metrics import QueueMetrics
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

_LOG = logging.getLogger(__name__)
_NAMESPACE = "AWS/SNS"


class Notifications:
    """Replaces the deliveries of `services.sns`."""

    def __init__(self, sns: Untyped, lambda_svc: Untyped, observer: Observer) -> None:
        self._sns = sns
        self._svc = lambda_svc
        self._observer = observer
        self._fan_out = sns._fanout
        self._to_sqs = sns._deliver_to_sqs

    def fan_out(  # noqa: PLR0917 - MiniStack's signature
        self,
        topic_arn: str,
        msg_id: str,
        message: str,
        subject: str,
        message_structure: str = "",
        message_attributes: dict[str, Untyped] | None = None,
        message_group_id: str = "",
        message_dedup_id: str = "",
    ) -> None:
        """Deliver one message to a topic's subscribers, Firehose among them."""
        self._count("NumberOfMessagesPublished", topic_arn)
        size = float(len(message.encode("utf-8")))
        self._observer.metric(_NAMESPACE, "PublishSize", _topic(topic_arn), size, "Bytes")
        topic = self._sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
        with topic_segment.publishing(topic, topic_arn, msg_id, self._observer):
            self._deliver(
                topic,
                topic_arn,
                msg_id,
                message,
                subject,
                message_structure,
                message_attributes or {},
                message_group_id=message_group_id,
                message_dedup_id=message_dedup_id,
            )

    def _deliver(  # noqa: PLR0917 - MiniStack's signature
        self,
        topic: dict[str, Untyped],
        topic_arn: str,
        msg_id: str,
        message: str,
        subject: str,
        message_structure: str,
        attributes: dict[str, Untyped],
        **fifo: str,
    ) -> None:
        self._fan_out(topic_arn, msg_id, message, subject, message_structure, attributes, **fifo)
        for subscription in list(topic["subscriptions"]):
            if not subscription.get("confirmed"):
                continue
            effective = self._sns._resolve_message_for_protocol(message, message_structure, subscription["protocol"])
            if not self._sns._matches_filter_policy(subscription, attributes, effective):
                self._count("NumberOfNotificationsFilteredOut", topic_arn)
            elif subscription["protocol"] == "firehose":
                raw = subscription.get("attributes", {}).get("RawMessageDelivery", "false") == "true"
                envelope = self._sns._build_envelope(topic_arn, msg_id, effective, subject, attributes, raw)
                record = effective if raw else envelope
                in_process.in_background(self._to_firehose, subscription, record, topic_arn, name="sns-firehose")

    def to_lambda(  # noqa: D102, PLR0917 - MiniStack's signature
        self,
        endpoint: str,
        envelope: str,
        topic_arn: str,
        sub_arn: str,
        msg_id: str,
        raw_message: str,
        message_attributes: dict[str, Untyped],
    ) -> None:
        func, config, _ = self._svc._get_func_record_for_ref(endpoint)
        if not func or not config:
            self._failed(topic_arn, sub_arn, envelope, "the function does not exist")
            return
        record = {"EventVersion": "1.0", "EventSubscriptionArn": sub_arn, "EventSource": "aws:sns"}
        event = {"Records": [{**record, "Sns": json.loads(envelope)}]}
        with topic_segment.delivering("Lambda", "Invoke", config["FunctionName"]):
            self._svc.invoke_async_with_retry(self._svc._execution_record_for_config(func, config), event)
        self._count("NumberOfNotificationsDelivered", topic_arn)

    def to_queue(  # noqa: D102, PLR0917 - MiniStack's signature
        self,
        endpoint: str,
        envelope: str,
        raw: bool,
        raw_message: str,
        message_group_id: str = "",
        message_dedup_id: str = "",
        message_attributes: dict[str, Untyped] | None = None,
        topic_arn: str = "",
    ) -> None:
        from ministack.services import sqs

        if sqs._queue_by_arn(endpoint) is None:
            self._failed(topic_arn, self._subscription(topic_arn, endpoint), envelope, "the queue does not exist")
            return
        with topic_segment.delivering("SQS", "SendMessage", sqs._queue_url(endpoint.rpartition(":")[2])):
            self._to_sqs(
                endpoint,
                envelope,
                raw,
                raw_message,
                message_group_id=message_group_id,
                message_dedup_id=message_dedup_id,
                message_attributes=message_attributes,
                topic_arn=topic_arn,
            )
        QueueMetrics(self._observer).sent(endpoint.rpartition(":")[2], [raw_message if raw else envelope])
        self._count("NumberOfNotificationsDelivered", topic_arn)

    def _to_firehose(self, subscription: dict[str, Untyped], record: str, topic_arn: str) -> None:
        stream = subscription["endpoint"].rpartition("/")[2]
        with topic_segment.delivering("Firehose", "PutRecord", stream):
            taken = in_process.put_firehose_record(subscription["endpoint"], record.encode())
        if taken:
            self._count("NumberOfNotificationsDelivered", topic_arn)
        else:
            self._failed(topic_arn, subscription["arn"], record, "the delivery stream does not exist")

    def _failed(self, topic_arn: str, subscription_arn: str, message: str, reason: str) -> None:
        _LOG.warning("notification of %s to %s failed: %s", topic_arn, subscription_arn, reason)
        self._count("NumberOfNotificationsFailed", topic_arn)
        subscription = self._sns._find_subscription(topic_arn, subscription_arn) or {}
        policy = subscription.get("attributes", {}).get("RedrivePolicy") or "{}"
        target = (json.loads(policy) if isinstance(policy, str) else policy).get("deadLetterTargetArn", "")
        if target:
            sent = in_process.send_to_queue(target, message)
            outcome = "NumberOfNotificationsRedrivenToDlq" if sent else "NumberOfNotificationsFailedToRedriveToDlq"
            self._count(outcome, topic_arn)

    def _subscription(self, topic_arn: str, endpoint: str) -> str:
        topic = self._sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
        return next((str(s["arn"]) for s in topic["subscriptions"] if s.get("endpoint") == endpoint), "")

    def _count(self, name: str, topic_arn: str) -> None:
        self._observer.count(_NAMESPACE, name, _topic(topic_arn))


def _topic(arn: str) -> dict[str, str]:
    return {"TopicName": arn.rpartition(":")[2]}
