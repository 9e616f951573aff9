"""Applications in the styles that people use, with what each is asked, what breaks it, and what no request breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tests.abroad.lead import Led, post, together


class Journey(Protocol):
    """One application. `parts` are its functions as (stack, construct); `mended` are the rules whose findings `fix`
    removes."""

    name: str
    parts: Sequence[tuple[str, str]]
    mended: frozenset[str]
    undrilled: Mapping[str, str]

    def ask(self, led: Led) -> None:
        """What works, from end to end."""
        ...

    def break_(self, led: Led) -> None:
        """A minute in which everything fails that can."""
        ...

    def end(self, led: Led) -> None:
        """What remains of the fault is gone."""
        ...


class Nested:
    """Two stacks with references between them, and a nested one."""

    name = "nested"
    parts = (("Api", "Put"), ("Api", "List"), ("Api", "Reader"))
    mended = frozenset({"sqs-receives-few", "dynamodb-no-recovery"})
    undrilled: Mapping[str, str] = {}

    def ask(self, led: Led) -> None:
        urls = led.project.outputs
        assert post(urls["PutUrl"], {"id": "1", "to": "a"}) == 201
        assert post(urls["ListUrl"], {}) == 200

    def break_(self, led: Led) -> None:
        urls, letters = led.project.outputs, led.queue("Api", "Letters")
        letters.send({"id": "2"})  # to nobody: the reader fails, and the message is given up
        together(
            lambda: post(urls["PutUrl"], {"to": "nobody"}),
            lambda: post(urls["PutUrl"], {"id": "3", "to": "a", "hold": 60}),
            lambda: post(f"{urls['ListUrl']}?hold=60", {}),
            lambda: letters.send({"id": "4", "to": "a", "wait": 60}),
        )
        led.throttle(*(led.physical(*part) for part in self.parts))
        led.throttle_table(led.physical("Data", "Notes"), {"id": {"S": "5"}})

    def end(self, led: Led) -> None:
        led.queue("Api", "Dead").empty()


class Aliased:
    """Functions with versions, and an alias that every trigger points to."""

    name = "aliased"
    parts = (("Orders", "Orders"), ("Orders", "Worker"))
    mended = frozenset({"sqs-receives-few"})
    undrilled: Mapping[str, str] = {
        "Orders-Daily-delivery-failures": "the rule delivers once a day, and nobody can ask it to"
    }

    def ask(self, led: Led) -> None:
        assert post(_api(led), {"id": "1"}) == 202

    def break_(self, led: Led) -> None:
        queue = led.queue("Orders", "OrderQueue")
        queue.send({"wait": 0})
        together(
            lambda: post(_api(led), {}),
            lambda: post(_api(led), {"id": "2", "wait": 60}),
            lambda: queue.send({"id": "3", "wait": 60}),
        )
        led.throttle(*(led.physical(*part) for part in self.parts))

    def end(self, led: Led) -> None:
        led.queue("Orders", "DeadOrders").empty()


def _api(led: Led) -> str:
    return next(url for key, url in led.project.outputs.items() if key.startswith("ApiEndpoint"))


class Shared:
    """Three functions from one folder, with a layer; a topic, queues and a bus between them."""

    name = "shared"
    parts = (("Sales", "Sell"), ("Sales", "Mail"), ("Sales", "Books"))
    mended = frozenset({"sqs-receives-few"})
    undrilled: Mapping[str, str] = {}

    def ask(self, led: Led) -> None:
        assert post(led.project.outputs["SellUrl"], {"amount": "1.50", "customer": "c"}) == 201

    def break_(self, led: Led) -> None:
        url, archive = led.project.outputs["SellUrl"], led.queue("Sales", "Archive")
        archive.sqs.delete_queue(QueueUrl=archive.url)  # the rule has a target less
        together(
            lambda: post(url, {}),
            lambda: post(url, {"amount": "1", "customer": "c", "hold": 60}),
            lambda: post(url, {"amount": "1"}),
            lambda: post(url, {"amount": "1", "customer": "c", "wait": 60}),
        )
        led.throttle(*(led.physical(*part) for part in self.parts))
        archive.sqs.create_queue(QueueName=archive.url.rpartition("/")[2])

    def end(self, led: Led) -> None:
        for queue in ("DeadMail", "DeadBooks", "DeadEvents"):
            led.queue("Sales", queue).empty()


class Streams:
    """An HTTP API in front of a function, and a function behind the stream of its table."""

    name = "streams"
    parts = (("Site", "Put"), ("Site", "Index"))
    mended = frozenset({"dynamodb-no-recovery"})
    undrilled: Mapping[str, str] = {}

    def ask(self, led: Led) -> None:
        assert post(self._url(led), {"id": "1", "title": "t"}) == 201

    def break_(self, led: Led) -> None:
        url = self._url(led)
        together(
            lambda: post(url, {}),
            lambda: post(url, {"id": "2", "title": "t", "hold": 60}),
            lambda: post(url, {"id": "3"}),
            lambda: post(url, {"id": "4", "title": "t", "wait": 60}),
        )
        led.throttle(*(led.physical(*part) for part in self.parts))
        led.throttle_table(led.physical("Site", "Pages"), {"id": {"S": "5"}})

    def end(self, led: Led) -> None:
        led.queue("Site", "Unindexed").empty()

    def _url(self, led: Led) -> str:
        return f"{led.project.outputs['HttpUrl']}pages"


class Flows:
    """A state machine behind a pipe and a schedule."""

    name = "flows"
    parts = (("Parcels", "CheckFunction"), ("Parcels", "ShipFunction"))
    mended = frozenset({"sqs-receives-few"})
    undrilled: Mapping[str, str] = {}

    def ask(self, led: Led) -> None:
        led.queue("Parcels", "Incoming").send({"id": "1", "weight": 1})

    def break_(self, led: Led) -> None:
        incoming = led.queue("Parcels", "Incoming")
        parcels: list[dict[str, Any]] = [
            {"id": "2", "weight": 50},
            {"id": "3", "wait": 60},
            {"id": "4", "hold": 60},
            {"id": "5", "packing": 30},
            {"weight": 1},
        ]
        for parcel in parcels:
            incoming.send(parcel)
        # what neither the pipe nor the schedule could hand over
        for queue in ("DeadParcels", "DeadNights"):
            led.queue("Parcels", queue).send({})
        led.throttle(*(led.physical(*part) for part in self.parts))
        self._settled(led)

    def end(self, led: Led) -> None:
        for queue in ("DeadParcels", "DeadNights"):
            led.queue("Parcels", queue).empty()

    def _settled(self, led: Led) -> None:
        """No execution runs any more."""
        from tests.story.conftest import eventually

        api, arn = led.project.client("stepfunctions"), led.project.outputs["MachineArn"]
        running = lambda: api.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]  # noqa: E731
        assert eventually(lambda: not running(), 30), json.dumps(running(), default=str)


JOURNEYS: tuple[Journey, ...] = (Nested(), Aliased(), Shared(), Streams(), Flows())
