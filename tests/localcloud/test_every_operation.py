"""Every operation that our services serve, as a real client sends it to a real port: plain and compressed."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shopfast_obs.localcloud import process
from tests.localcloud.whole import client

pytestmark = pytest.mark.cloud
SERVICES = ("xray", "cloudwatch", "logs", "dynamodb", "sqs", "sns", "events")
UNREAD = ("SerializationException", "InternalFailure", "InternalError", "InternalServerError", "413", "500")


def value(shape: Any, depth: int = 0) -> Any:
    """The smallest parameters that the service model takes."""
    kind = shape.type_name
    if kind == "structure":
        wanted = shape.required_members or (list(shape.members)[:1] if getattr(shape, "is_tagged_union", False) else [])
        return {name: value(shape.members[name], depth + 1) for name in wanted} if depth < 8 else {}
    if kind == "list":
        return [value(shape.member, depth + 1)] * max(1, shape.metadata.get("min", 1))
    if kind == "map":
        return {"k": value(shape.value, depth + 1)}
    plain = {"boolean": True, "timestamp": 1_800_000_000, "blob": b"{}"}
    if kind in ("integer", "long", "float", "double"):
        return shape.metadata.get("min", 60)
    text = (shape.enum or ["a" * max(1, shape.metadata.get("min", 1))])[0] if kind == "string" else ""
    return plain.get(kind, text)


def operations() -> Iterator[tuple[str, str]]:
    """What boto3 knows of these services."""
    import botocore.session

    session = botocore.session.get_session()
    for service in SERVICES:
        model = session.get_service_model(service)
        for name in model.operation_names:
            if not model.operation_model(name).endpoint:  # those that stream have a host of their own
                yield service, name


def pack(request: Any, **_: Any) -> None:
    """Compress a body as the SDK does, before the request is signed."""
    body = request.data if isinstance(request.data, bytes) else str(request.data or "").encode()
    if body and request.headers.get("Content-Encoding") is None:
        request.data = gzip.compress(body)
        request.headers["Content-Encoding"] = "gzip"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "compressed"])
def test_every_operation_is_understood(info: process.CloudInfo, packed: bool) -> None:
    """It is answered or refused for what it says, and never because it cannot be read."""
    unread, clients = [], {service: client(info, service) for service in SERVICES}
    for made in clients.values() if packed else ():
        made.meta.events.register("before-sign", pack)
    for service, name in operations():
        method = clients[service].meta.method_to_api_mapping
        [call] = [key for key, known in method.items() if known == name]
        shape = clients[service].meta.service_model.operation_model(name).input_shape
        try:
            getattr(clients[service], call)(**(value(shape) if shape else {}))
        except ClientError as refused:
            error = refused.response["Error"]
            if any(word in error["Code"] for word in UNREAD):
                unread.append((service, name, error["Code"], error["Message"][:100]))
    assert not unread


def test_many_metrics_arrive(info: process.CloudInfo) -> None:
    """Above 10 KB boto3 compresses PutMetricData by itself; the metrics are there afterwards."""
    metrics = client(info, "cloudwatch")
    dimensions = [{"Name": "a" * 40, "Value": "b" * 60}, {"Name": "c", "Value": "d"}]
    data = [{"MetricName": f"m{number}", "Dimensions": dimensions, "Value": 1} for number in range(1000)]
    metrics.put_metric_data(Namespace="Packed", MetricData=data)
    found = metrics.get_paginator("list_metrics").paginate(Namespace="Packed")
    assert {metric["MetricName"] for page in found for metric in page["Metrics"]} == {one["MetricName"] for one in data}


def test_a_body_that_grows_is_refused(info: process.CloudInfo) -> None:
    """By our services and MiniStack's alike; the message names the bound."""

    def bomb(request: Any, **_: Any) -> None:
        request.data = gzip.compress(b" " * 20_000_000)
        request.headers["Content-Encoding"] = "gzip"

    for service, call in (("cloudwatch", "list_metrics"), ("dynamodb", "list_tables"), ("sns", "list_topics")):
        made = client(info, service)
        made.meta.events.register("before-sign", bomb)
        with pytest.raises(ClientError, match=r"unpacks to more than [\d,]+ bytes") as refused:
            getattr(made, call)()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
