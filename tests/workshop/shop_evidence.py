"""What the checks would see of a shop in a certain state: its logs, traces, metrics, alarms, answers and replies."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.model.telemetry import (
    AlarmChange,
    AlarmStatus,
    LogEvent,
    MetricSeries,
    Segment,
    TimeRange,
    Trace,
)
from shopfast_obs.testing import FakeCloud, function_trace, log_events, report_line
from shopfast_obs.workshop.interface import Reply
from tests.workshop.worlds import NOW, FakeWorld

SERVICES = ("product-service", "order-service", "inventory-service", "notification-handler")
PREFIX = "/aws/lambda/shopfast-"
PRODUCTS = 5
FIRED = (AlarmChange(NOW - 600, "ALARM", True),)
RECOVERED = (*FIRED, AlarmChange(NOW - 60, "OK", True))
BY_HAND = (AlarmChange(NOW - 600, "ALARM", False), AlarmChange(NOW - 60, "OK", False))


@dataclass(frozen=True)
class Shop:
    """One state of the shop, as far as checks look at it. By default everything works and nothing is instrumented."""

    orders: int = 12
    told: int | None = None  # how many of them got a confirmation, a payment, a notice; all by default
    paid: int | None = None
    shipped: int | None = None
    noticed: int | None = None
    told_times: int = 1
    strangers: int = 0  # confirmations of orders that nobody placed
    json: Sequence[str] = ()  # services that log fields
    ids: str = "none"  # one, each (its own) or none
    product: Sequence[tuple[float, str]] = ((0.3, ""),) * 12  # seconds and status of invocations
    order_seconds: float = 0.2
    resting: int = 0  # invocations of the order service while nobody shops
    waiting: int = 0
    throttles: float = 0.0
    replies: tuple[int, float, int] = (200, 0.4, PRODUCTS)  # status, seconds, products
    timeout: int = 10
    memory: int = 1024
    traced: bool = False
    calls: bool = True
    annotation: str = ""
    units: Sequence[Mapping[str, Any]] = ()  # values and dimensions of UnitsSold
    alarms: int = 12
    actions: tuple[str, ...] = ("topic",)
    history: Mapping[str, Sequence[AlarmChange]] = field(default_factory=dict)
    state: str = "OK"
    answers: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, float] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Shop":
        """The same shop with something else."""
        return replace(self, **changes)

    def world(self) -> FakeWorld:
        """What the checks are given."""
        metrics = [
            MetricSeries(
                "AWS/Lambda", "Throttles", (("FunctionName", "shopfast-inventory-service"),), "Sum", 60,
                ((NOW - 50, self.throttles),),
            )
        ]  # fmt: skip
        properties = {"Timeout": self.timeout, "MemorySize": self.memory}
        deployed = Inventory("fake", (Resource(FUNCTION, "shopfast-product-service", properties=properties),))
        cloud = FakeCloud(
            deployed,
            self._logs(),
            self._traces(),
            metrics,
            self._alarms(),
            {k: list(v) for k, v in self.history.items()},
        )
        status, seconds, count = self.replies
        body = json.dumps({"products": [{"productId": f"p-{n}"} for n in range(count)]}).encode()
        return FakeWorld(
            cloud,
            {"ProductsUrl": "http://shop/"},
            answers=self.answers,
            replies=[Reply(status, seconds, body)] * 8,
            items=PRODUCTS,
            waiting=self.waiting,
            done=self.done,
            rest=TimeRange(NOW - 20, NOW),
        )

    def _logs(self) -> dict[str, list[LogEvent]]:
        lines: dict[str, list[tuple[float, str]]] = {PREFIX + name: [] for name in SERVICES}

        def say(service: str, order: str, text: str) -> None:
            identifier = {"one": order, "each": f"{service}-{order}"}.get(self.ids)
            said = {"message": text, **({"correlation_id": identifier} if identifier else {})}
            lines[PREFIX + service].append((NOW - 50, json.dumps(said) if service in self.json else text))

        ids = [f"ord-{number:08x}-0000-0000-0000-000000000000" for number in range(self.orders)]
        reports = [
            ("order-service", self.order_seconds, ""),
            ("inventory-service", 0.1, ""),
            ("notification-handler", 0.1, ""),
        ]
        for number, one in enumerate(ids):
            say("product-service", one, "GET /products/p-1")
            say("order-service", one, f"order {one} stored, status PLACED")
            say("inventory-service", one, f"reserved 1 products for order {one}")
            for words, many in (("payment of order", self.paid), ("shipping of order", self.shipped)):
                if many is None or number < many:
                    say("order-service", one, f"{words} {one}")
            for words, many, service in (
                ("sent order-confirmation for order", self.told, "notification-handler"),
                ("sent shipping-notice for order", self.noticed, "notification-handler"),
            ):
                if many is None or number < many:
                    for _ in range(self.told_times):
                        say(service, one, f"{words} {one}")
            for service, seconds, status in reports:
                lines[PREFIX + service].append((NOW - 50, report_line("a", seconds * 1000, status=status)))
        for number in range(self.strangers):
            say(
                "notification-handler",
                "x",
                f"sent order-confirmation for order ord-{number:08x}-1111-1111-1111-111111111111",
            )
        for seconds, status in self.product:
            lines[PREFIX + "product-service"].append(
                (NOW - 50, report_line("a", seconds * 1000, used_mb=64, status=status))
            )
        lines[PREFIX + "order-service"] += [(NOW - 5, report_line("a", 20))] * self.resting
        lines[PREFIX + "order-service"] += [(NOW - 50, _emf(one)) for one in self.units]
        return {group: log_events(group, said) for group, said in lines.items()}

    def _traces(self) -> list[Trace]:
        if not self.traced:
            return []
        found = []
        for number in range(1, 7):
            start = NOW - 50
            call = Segment(id=f"{number:016x}", name="DynamoDB", start=start, end=start + 0.1, namespace="aws")
            if self.annotation:
                call = call._replace(annotations={self.annotation: f"ord-{number}"})
            name = f"1-{int(start):08x}-{number:024x}"
            found.append(function_trace(name, start, name="shopfast-order-service", calls=[call] if self.calls else []))
        return found

    def _alarms(self) -> list[AlarmStatus]:
        names = ["shopfast-product-service-error-rate", "shopfast-no-orders", *(f"shopfast-{n}" for n in range(30))]
        state: Any = self.state
        return [AlarmStatus(name, state, actions=self.actions) for name in names[: self.alarms]]


def _emf(said: Mapping[str, Any]) -> str:
    dimensions = {key: value for key, value in said.items() if key != "value"}
    directive = {
        "Namespace": "shopfast",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": "UnitsSold", "Unit": "Count"}],
    }
    root = {"_aws": {"Timestamp": int(NOW * 1000), "CloudWatchMetrics": [directive]}}
    return json.dumps({**root, **dimensions, "UnitsSold": said["value"]})
