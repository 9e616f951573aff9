"""Applications in the styles that people use, with what each is asked, what breaks it, and what no request breaks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from tests.abroad.lead import Led, post, together

ACCOUNT = "arn:aws:sqs:us-east-1:000000000000"


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

    def standing_still(self, led: Led) -> AbstractContextManager[None]:
        """Something waits, for as long as it goes on, that others should have worked on."""
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

    def standing_still(self, led: Led) -> AbstractContextManager[None]:
        return led.unread(led.queue("Api", "Letters"), {"id": "6", "to": "a"})

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
        led.hand_over(led.physical("Orders", "Worker"), {"Records": [{"body": "{}"}]})
        together(
            lambda: post(_api(led), {}),
            lambda: post(_api(led), {"id": "2", "wait": 60}),
            lambda: queue.send({"id": "3", "wait": 60}),
        )
        led.throttle(*(led.physical(*part) for part in self.parts))

    def standing_still(self, led: Led) -> AbstractContextManager[None]:
        return led.unread(led.queue("Orders", "OrderQueue"), {"id": "4"})

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
        url = led.project.outputs["SellUrl"]
        events, (rule, bus) = led.project.client("events"), self._rule(led)
        gone = {"Id": "gone", "Arn": f"{ACCOUNT}:gone", "DeadLetterConfig": {"Arn": self._arn(led, "DeadEvents")}}
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[gone])
        topic = led.physical("Sales", "Sold")
        led.project.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{ACCOUNT}:gone")
        together(
            lambda: post(url, {}),
            lambda: post(url, {"amount": "1", "customer": "c", "hold": 60}),
            lambda: post(url, {"amount": "1"}),
            lambda: post(url, {"amount": "1", "customer": "c", "wait": 60}),
        )
        led.throttle(*(led.physical(*part) for part in self.parts))

    def standing_still(self, led: Led) -> AbstractContextManager[None]:
        return led.unread(led.queue("Sales", "Mails"), {"amount": "1", "customer": "c"})

    def end(self, led: Led) -> None:
        rule, bus = self._rule(led)
        led.project.client("events").remove_targets(Rule=rule, EventBusName=bus, Ids=["gone"])
        sns = led.project.client("sns")
        for item in sns.list_subscriptions_by_topic(TopicArn=led.physical("Sales", "Sold"))["Subscriptions"]:
            if item["Endpoint"].endswith(":gone"):
                sns.unsubscribe(SubscriptionArn=item["SubscriptionArn"])
        for queue in ("DeadMail", "DeadBooks", "DeadEvents"):
            led.queue("Sales", queue).empty()

    def _rule(self, led: Led) -> tuple[str, str]:
        bus, _, rule = led.physical("Sales", "OnSale").rpartition("|")
        return rule, bus or led.physical("Sales", "Bus")

    def _arn(self, led: Led, queue: str) -> str:
        return f"{ACCOUNT}:{led.queue('Sales', queue).url.rpartition('/')[2]}"


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
            lambda: post(url, {"id": "3", "title": "t", "until": time.time() + 7}),
        )
        led.queue("Site", "Unindexed").send({})  # what was tried too often
        led.throttle(*(led.physical(*part) for part in self.parts))
        led.throttle_table(led.physical("Site", "Pages"), {"id": {"S": "5"}})

    @contextmanager
    def standing_still(self, led: Led) -> Iterator[None]:
        """A page that the index gets again and again."""
        post(self._url(led), {"id": "6", "title": "t", "until": time.time() + 45})
        yield

    def end(self, led: Led) -> None:
        led.queue("Site", "Unindexed").empty()

    def _url(self, led: Led) -> str:
        return f"{led.project.outputs['HttpUrl']}pages"


JOURNEYS: tuple[Journey, ...] = (Nested(), Aliased(), Shared(), Streams())
