"""The shop's catalogue: the same products on every machine, and how they get into the tables.

`load` asks the deployed product function for all of them: where that answers within the timeout that it is shipped
with, the machine is fast, and there are to be more products.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from decimal import Decimal
from math import ceil, inf
from statistics import median
from typing import Any, NamedTuple

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError, WaiterError

BASE = 3_000
MOST = 10_000  # 5.7 MB as JSON; a Lambda function can answer with 6 MB
STOCK = 1_000
STEP = 250  # products are added in whole steps
SHIPPED = {"Timeout": 3, "MemorySize": 128}  # what the product function has before anyone helps it
WANTED_FACTOR = 1.4  # how far beyond that timeout one list request is to be where it was within it
LISTS = 3  # requests for all products, of which the median counts
OWN_ID = re.compile(r"p-[0-9]{5}")
DURATION = re.compile(r'(?:REPORT RequestId: \S+\s+Duration: |"durationMs":)([0-9.]+)')  # of either log format
LIST_REQUEST = {
    "version": "2.0",
    "rawPath": "/products",
    "rawQueryString": "",
    "headers": {},
    "requestContext": {"http": {"method": "GET", "path": "/products"}},
    "isBase64Encoded": False,
}
BATCH = 25  # BatchWriteItem takes no more
WRITERS = 8

STYLES = (
    "Classic",
    "Compact",
    "Everyday",
    "Foldable",
    "Handmade",
    "Lightweight",
    "Modern",
    "Organic",
    "Portable",
    "Recycled",
    "Rugged",
    "Smart",
    "Vintage",
)
MATERIALS = (
    "Aluminium",
    "Bamboo",
    "Canvas",
    "Ceramic",
    "Copper",
    "Cork",
    "Cotton",
    "Glass",
    "Leather",
    "Linen",
    "Oak",
    "Steel",
    "Walnut",
    "Wool",
)
THINGS = {
    "Kitchen": ("Kettle", "Skillet", "Cutting Board", "Coffee Grinder", "Bread Box", "Knife Set"),
    "Home": ("Desk Lamp", "Wall Clock", "Throw Blanket", "Book Shelf", "Door Mat", "Picture Frame"),
    "Garden": ("Planter", "Watering Can", "Bird Feeder", "Pruning Shears", "Lantern", "Bench"),
    "Outdoor": ("Backpack", "Tent", "Water Bottle", "Camping Stove", "Hammock", "Head Torch"),
    "Electronics": ("Speaker", "Keyboard", "Headphones", "Charger", "Webcam", "Power Bank"),
    "Office": ("Notebook", "Desk Organiser", "Pen Set", "Monitor Stand", "Paper Tray", "Desk Pad"),
}
BRANDS = ("Northwind", "Alder & Co", "Brightside", "Kestrel", "Lumen Works", "Oakhaven", "Tidewater", "Vantage")
PRAISE = (
    "Made to be used every day and to look better with the years.",
    "Takes little room, needs little care and does one thing well.",
    "Packed without plastic and shipped from a warehouse near you.",
    "Tested by people who cook, hike, plant and type for a living.",
    "Comes with spare parts and a repair guide instead of excuses.",
)

Item = dict[str, Any]


def product_id(number: int) -> str:
    return f"p-{number:05d}"


def _number(key: str) -> int:
    """The number in a product id of this catalogue; 0 for an id that somebody else chose."""
    return int(key[2:]) if OWN_ID.fullmatch(key) else 0


def product(number: int) -> Item:
    """The product with that number (from 1), about 570 bytes as JSON; it does not depend on how many there are."""
    rng = random.Random(f"shopfast-product-{number}")  # noqa: S311 - the same on every machine
    category = rng.choice(list(THINGS))
    style, material, thing = rng.choice(STYLES), rng.choice(MATERIALS), rng.choice(THINGS[category])
    name, brand = f"{style} {material} {thing}", rng.choice(BRANDS)
    return {
        "productId": product_id(number),
        "name": name,
        "brand": brand,
        "category": category,
        "description": f"The {name} by {brand}. {' '.join(rng.sample(PRAISE, 3))}",
        "price": Decimal(rng.randrange(499, 24_999)).scaleb(-2),
        "currency": "USD",
        "rating": Decimal(rng.randrange(28, 51)).scaleb(-1),
        "reviews": Decimal(rng.randrange(0, 2_400)),
        "weightGrams": Decimal(rng.randrange(60, 9_000)),
        "tags": sorted({category.lower(), material.lower(), style.lower(), rng.choice(("gift", "new", "sale"))}),
        "imageUrl": f"https://images.shopfast.example/products/{product_id(number)}/large.jpg",
    }


def load(client: Callable[[str], Any], outputs: Mapping[str, str], report: Callable[[str], None]) -> dict[str, Any]:
    """Fill the tables that are not full yet, and say how many products there are.

    Returns `products` and, where this run settled how many there are to be, `lists`: what the REPORT lines say of the
    requests for all of them, in seconds, with whether they were answered. A second run writes and asks nothing. Stock
    that exists is left as it is.
    """
    function = _Function(client, outputs["ProductFunction"])
    shop = _Shop(client("dynamodb"), outputs["ProductsTable"], outputs["InventoryTable"], function, report)
    count, lists = shop.fill()
    report(f"The catalogue has {count:,} products{'. ' + told(lists) if lists else '.'}")
    return {"products": count, **({"lists": [one._asdict() for one in lists]} if lists else {})}


class Listing(NamedTuple):
    """One request for all products: how long the function took in seconds, and whether it answered."""

    seconds: float
    answered: bool


def told(lists: Sequence[Listing]) -> str:
    """What the requests for all products met, as a sentence."""
    asked, timeout = "Asked for all of them, the product function as it is shipped", SHIPPED["Timeout"]
    answered = sorted(one.seconds for one in lists if one.answered)
    if not answered:
        return f"{asked} did not answer within {timeout} s in any of {len(lists)} requests, by their REPORT lines."
    took = f"{answered[0]:.1f} to {answered[-1]:.1f} s"
    return f"{asked} answered {len(answered)} of {len(lists)} requests within {timeout} s (REPORT lines: {took})."


def enough(count: int, lists: Sequence[Listing]) -> int:
    """How many products the catalogue needs: more where listing `count` of them is answered in time."""
    typical = median(one.seconds if one.answered else inf for one in lists)
    if typical == inf:
        return count
    steps = ceil(count * WANTED_FACTOR * SHIPPED["Timeout"] / (max(typical, 0.01) * STEP))
    return max(count, min(MOST, steps * STEP))


class _Function:
    """The product function as it is deployed."""

    def __init__(self, client: Callable[[str], Any], name: str) -> None:
        self._client, self._name = client, name

    @property
    def _lambda(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._client("lambda")

    def lists(self) -> list[Listing]:
        """What requests for all products meet; nothing where it has another size than it is shipped with, or cannot be
        asked.

        A version of it is asked, which is gone afterwards, so that customers meet none of its environments. Each
        request has an environment of its own: the next one after a kill begins with an init.
        """
        configuration = self._lambda.get_function_configuration(FunctionName=self._name)
        if any(configuration[key] != value for key, value in SHIPPED.items()):
            return []
        with suppress(ClientError, WaiterError), self._version() as version, ThreadPoolExecutor(LISTS) as customers:
            return list(filter(None, customers.map(self._list, [version] * LISTS)))
        return []

    def _list(self, version: str) -> Listing | None:
        answer = self._lambda.invoke(
            FunctionName=self._name, Qualifier=version, Payload=json.dumps(LIST_REQUEST), LogType="Tail"
        )
        answer["Payload"].read()
        durations = DURATION.findall(base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace"))
        return Listing(float(durations[-1]) / 1000, "FunctionError" not in answer) if durations else None

    @contextmanager
    def _version(self) -> Iterator[str]:
        before = self._lambda.list_versions_by_function(FunctionName=self._name)["Versions"]
        version = str(self._lambda.publish_version(FunctionName=self._name)["Version"])
        try:
            self._lambda.get_waiter("published_version_active").wait(FunctionName=self._name, Qualifier=version)
            yield version
        finally:
            if all(other["Version"] != version for other in before):  # without a change there is no new one
                self._lambda.delete_function(FunctionName=self._name, Qualifier=version)


class _Shop:
    """The two tables of one deployment."""

    def __init__(
        self,
        dynamodb: Any,  # noqa: ANN401 - boto3 makes its clients at run time
        products: str,
        inventory: str,
        function: _Function,
        report: Callable[[str], None],
    ) -> None:
        self._dynamodb, self._products, self._inventory = dynamodb, products, inventory
        self._function, self._report = function, report

    def fill(self) -> tuple[int, list[Listing]]:
        """How many products there are in the end, and what listing them meets where that had to be found out.

        The last stock comes last: where every product has stock, an earlier run has finished and the size is settled.
        """
        if whole := self._whole():
            return whole, []
        listed, stocked = self._keys(self._products), self._keys(self._inventory)
        numbers = range(1, max(BASE, *map(_number, listed), 0) + 1)
        if all(product_id(n) in listed and product_id(n) in stocked for n in numbers):
            return len(listed), []
        items = [product(n) for n in numbers]
        self._write("products", self._products, [item for item in items if item["productId"] not in listed])
        stock = [_stock_record(item) for item in items if item["productId"] not in stocked]
        with ThreadPoolExecutor(1) as clerk:  # the function mostly waits for its share of a CPU
            written = clerk.submit(self._write, "stock records", self._inventory, stock[:-1])
            count, lists = self._settle(len(items))
            written.result()
        more = [_stock_record(product(n)) for n in range(len(items) + 1, count + 1)]
        self._write("stock records", self._inventory, more + stock[-1:])
        others = sum(key not in {item["productId"] for item in items} for key in listed)
        return count + others, lists

    def _whole(self) -> int:
        """How many products there are, where they are the first so many and as many have stock; else 0.

        Told from counts and the last number: reading all keys takes six times as long. Unnoticed stays a product that
        somebody replaced by one of their own, in both tables.
        """
        count = self._count(self._products)
        if count < BASE or self._count(self._inventory) != count:
            return 0
        last, beyond = ({"productId": {"S": product_id(number)}} for number in (count, count + 1))
        asked = {"Keys": [last, beyond], "ProjectionExpression": "productId"}
        tables = (self._products, self._inventory)
        found = self._dynamodb.batch_get_item(RequestItems=dict.fromkeys(tables, asked))["Responses"]
        return count if all(found.get(table) == [last] for table in tables) else 0

    def _count(self, table: str) -> int:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table, Select="COUNT")
        return sum(page["Count"] for page in pages)

    def _settle(self, count: int) -> tuple[int, list[Listing]]:
        """Add products until listing them takes the function as it is shipped longer than it may."""
        self._report(f"asking the product function for all {count:,} products, {LISTS} times at once")
        lists = self._function.lists()
        wanted = enough(count, lists) if lists else count
        if wanted == count:
            return count, lists
        self._report(f"{told(lists)} This machine is fast: {wanted:,} products")
        self._write("more products", self._products, [product(n) for n in range(count + 1, wanted + 1)])
        return self._settle(wanted)

    def _keys(self, table: str) -> set[str]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="productId")
        return {item["productId"]["S"] for page in pages for item in page["Items"]}

    def _write(self, what: str, table: str, items: Sequence[Item]) -> None:
        typed = TypeSerializer().serialize
        puts = [{"PutRequest": {"Item": {name: typed(value) for name, value in item.items()}}} for item in items]
        batches = [puts[start : start + BATCH] for start in range(0, len(puts), BATCH)]
        with ThreadPoolExecutor(WRITERS) as writers:
            for done in _counted(writers.map(lambda batch: self._put(table, batch), batches)):
                if done % 20 == 0 or done == len(batches) > 1:
                    self._report(f"writing {what}: {min(done * BATCH, len(puts)):,} of {len(puts):,}")

    def _put(self, table: str, batch: list[dict[str, Any]]) -> None:
        left = {table: batch}
        while left:  # the SDK slows down by itself when nothing is accepted
            left = self._dynamodb.batch_write_item(RequestItems=left).get("UnprocessedItems") or {}


def _stock_record(item: Item) -> Item:
    return {"productId": item["productId"], "stock": STOCK, "reserved": 0, "price": item["price"]}


def _counted(results: Iterable[None]) -> Iterable[int]:
    return (number for number, _ in enumerate(results, start=1))
