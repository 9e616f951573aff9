"""Calls from one service to another inside MiniStack, in the account and region of the current work."""

from __future__ import annotations

import base64
import contextvars
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence

from shopfast_obs.localcloud.interface import Scope
from shopfast_obs.localcloud.ministack.untyped import Untyped


def current_scope() -> Scope:
    """The account and region of the current work."""
    from ministack.core.responses import get_account_id, get_region

    return Scope(get_account_id(), get_region())


def in_background(work: Callable[..., object], *args: Untyped, name: str) -> None:
    """Run `work` on a thread of its own that keeps the account, the region and the trace of the current work."""
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work, *args), name=name, daemon=True).start()


def send_to_queue(arn: str, body: str, attributes: Mapping[str, tuple[str, str]] | None = None) -> bool:
    """Send a message to a queue by ARN, with attributes name -> (type, value); False when there is no such queue."""
    from ministack.services import sqs

    queue = sqs._queue_by_arn(arn)
    if queue is None:
        return False
    name = arn.rpartition(":")[2]
    data: dict[str, Untyped] = {"QueueUrl": sqs._queue_url(name), "MessageBody": body}
    if attributes:
        data["MessageAttributes"] = {
            key: {"DataType": kind, "StringValue": value} for key, (kind, value) in attributes.items()
        }
    if name.endswith(".fifo"):
        data["MessageGroupId"] = "failed"
    sqs._HANDLERS["SendMessage"](data, data["QueueUrl"])
    return True


def publish(topic_arn: str, message: str, subject: str = "") -> bool:
    """Publish on a topic by ARN; False when there is no such topic."""
    from ministack.services import sns

    return sns.publish_internal(topic_arn, message, subject) is not None


def put_event(
    bus_arn: str, source: str, detail_type: str, detail: Mapping[str, Untyped], resources: Sequence[str] = ()
) -> bool:
    """Put one event on a bus by ARN; sources of AWS's own are allowed."""
    from ministack.services import eventbridge

    entry: dict[str, Untyped] = {"EventBusName": bus_arn, "Source": source, "DetailType": detail_type}
    entry |= {"Detail": json.dumps(detail), "Resources": list(resources)}
    status, _, _ = eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    return bool(status == 200)


def put_firehose_record(stream_arn: str, data: bytes) -> bool:
    """Put one record on a delivery stream by ARN; False when the stream does not take it."""
    from ministack.services import firehose

    record = {"Data": base64.b64encode(data).decode()}
    name = stream_arn.rpartition("/")[2]
    status, _, _ = firehose._put_record({"DeliveryStreamName": name, "Record": record})
    return bool(status == 200)


def put_kinesis_record(stream_arn: str, data: bytes, key: str) -> bool:
    """Put one record on a Kinesis stream by ARN; False when the stream does not take it."""
    from ministack.services import kinesis

    record = {"StreamARN": stream_arn, "Data": base64.b64encode(data).decode(), "PartitionKey": key}
    status, _, _ = kinesis._put_record(record)
    return bool(status == 200)


def ec2(action: str, **parameters: str) -> str:
    """Call one action of the EC2 API and return its XML; raises ValueError with AWS's message."""
    from ministack.services import ec2 as service

    status, _, body = service._ACTION_MAP[action]({key: [value] for key, value in parameters.items()})
    text = body.decode() if isinstance(body, bytes) else str(body)
    if status != 200:
        message = re.search(r"<Message>(.*?)</Message>", text, re.DOTALL)
        raise ValueError(message.group(1) if message else f"{action} failed")
    return text
