"""What an instrumented project tells of itself: orders with ids of ours, log lines, counted requests."""

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3

from tests.story.conftest import Project, eventually

HEADER = "x-correlation-id"
SERVICES = ("product-service", "order-service", "inventory-service", "notification-handler")
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:shopfast-order-workflow"

WAITING = 200  # seconds: the queue hands an order out again after 180


def shop(project: Project, count: int) -> dict[str, str]:
    """So many shoppers look at a product and order it, four at a time; their ids with those of their orders."""
    outputs, http = project.outputs, urllib3.PoolManager(maxsize=4)

    def one(number: int) -> tuple[str, str]:
        identifier, product = f"it-{uuid.uuid4().hex}", f"p-{number + 100:05d}"
        headers = {HEADER: identifier}
        seen = http.request("GET", f"{outputs['ProductsUrl']}products/{product}", headers=headers, timeout=40)
        assert (seen.status, seen.headers[HEADER]) == (200, identifier)
        order = {"customerId": "c-1", "items": [{"productId": product, "quantity": 1}], "paymentToken": "tok_visa"}
        headers |= {"Idempotency-Key": identifier}
        made = http.request("POST", f"{outputs['ApiUrl']}orders", json=order, headers=headers, timeout=40)
        assert made.status in (201, 202), made.data  # 202: the stock took longer than 10 s, the order waits for it
        assert made.headers[HEADER] == identifier
        number_of_order = made.json()["orderId"]
        assert made.status == 201 or eventually(lambda: has_stock(number_of_order), WAITING), made.data
        return identifier, number_of_order

    def has_stock(order: str) -> bool:
        return bool(http.request("GET", f"{outputs['ApiUrl']}orders/{order}", timeout=40).json()["status"] != "PENDING")

    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(one, range(count)))


def request_list(project: Project, count: int, identifier: str) -> list[int]:
    """Ask for the whole list so many times, two at a time; the status of each answer."""
    http = urllib3.PoolManager(maxsize=2)
    url = f"{project.outputs['ProductsUrl']}products"

    def one(_: int) -> int:
        return http.request("GET", url, headers={HEADER: identifier}, timeout=40, retries=False).status

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(count)))


def lines(project: Project, service: str, since: float) -> Iterator[dict[str, Any]]:
    """The JSON lines of a service since then."""
    pages = project.client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=f"/aws/lambda/shopfast-{service}", startTime=int(since * 1000)):
        for event in page["events"]:
            if event["message"].startswith("{"):
                yield json.loads(event["message"])


def silent(project: Project, ids: Sequence[str], since: float) -> dict[str, int]:
    """For each service how many of the ids it has not told of."""
    heard = {service: {line.get("correlation_id") for line in lines(project, service, since)} for service in SERVICES}
    return {who: missing for who, known in heard.items() if (missing := len(set(ids) - known))}


def workflow_inputs(project: Project) -> str:
    """What the executions of the workflow were started with."""
    api = project.client("stepfunctions")
    found = api.list_executions(stateMachineArn=MACHINE, maxResults=1000)["executions"]
    return "\n".join(api.describe_execution(executionArn=e["executionArn"])["input"] for e in found)


def counted(project: Project, route: str, metric: str) -> float:
    """The sum of a metric of one route of the product service, of the last hour."""
    now = datetime.now(UTC)
    dimensions = [{"Name": "service", "Value": "product-service"}, {"Name": "route", "Value": route}]
    found = project.client("cloudwatch").get_metric_statistics(
        Namespace="shopfast", MetricName=metric, Dimensions=dimensions, Period=60, Statistics=["Sum"],
        StartTime=now - timedelta(hours=1), EndTime=now + timedelta(minutes=1),
    )  # fmt: skip
    return float(sum(point["Sum"] for point in found["Datapoints"]))


def resize(project: Project, memory: int, timeout: int, **variables: str) -> None:
    """Give the product service another size and these environment variables, and wait until they are in force."""
    api, name = project.client("lambda"), "shopfast-product-service"
    environment = api.get_function_configuration(FunctionName=name)["Environment"]["Variables"] | variables
    api.update_function_configuration(
        FunctionName=name, MemorySize=memory, Timeout=timeout, Environment={"Variables": environment}
    )
    api.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    time.sleep(0.1)  # what the clock calls `since` comes after
