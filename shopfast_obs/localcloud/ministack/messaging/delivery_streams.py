"""What Firehose measures of its deliveries to S3: whether they succeed, and how old the oldest is that does not."""

from __future__ import annotations

from collections.abc import Callable

from shopfast_obs.localcloud.ages import OldestAges
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

NAMESPACE = "AWS/Firehose"
Record = dict[str, Untyped]
Deliver = Callable[..., None]


def measured(deliver: Deliver, firehose: Untyped, s3: Untyped, observer: Observer) -> Deliver:
    """The delivery of one record. What cannot be delivered is lost here, where AWS keeps it for a day; the age counts
    from the first such record until one is delivered."""
    ages = OldestAges()

    def wrapped(stream: Record, dest: Record, record_data: bytes, lambda_keys: Untyped = None) -> None:
        bucket = firehose._s3_bucket_from_arn((dest.get("config") or {}).get("BucketARN", ""))
        there = s3._buckets.get(bucket) is not None
        deliver(stream, dest, record_data, lambda_keys)
        name = str(stream.get("name", ""))
        age = ages.of(name, "there" if there else "gone", 0.0, observer.now())
        dimensions = {"DeliveryStreamName": name}
        observer.count(NAMESPACE, "DeliveryToS3.Success", dimensions, float(there))
        observer.metric(NAMESPACE, "DeliveryToS3.DataFreshness", dimensions, 0.0 if there else age, "Seconds")

    return wrapped
