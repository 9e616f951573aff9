"""The shop's catalogue: the same products on every machine, and how they get into the tables.

`load` finds out how many products make the list as slow as it is in the story: on a fast machine it takes more of them.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

BASE = 3_000
MOST = 10_000  # 5.7 MB as JSON; a Lambda function can answer with 6 MB
STOCK = 1_000
STEP = 250  # products are added in whole steps
SHARE_OF_ONE_CPU = 1_769  # MB of memory that buy one vCPU (Lambda guide, "Configure Lambda function memory")
SHIPPED_TIMEOUT, SHIPPED_MEMORY = 3, 128  # what the product function has before anyone helps it
WANTED_FACTOR = 2.0  # how far beyond the shipped timeout one list request should be
OWN_ID = re.compile(r"p-[0-9]{5}")
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


def load(
    client: Callable[[str], Any],
    outputs: Mapping[str, str],
    report: Callable[[str], None],
    cpu_clock: Callable[[], float] = time.process_time,
) -> dict[str, int | float]:
    """Fill the tables that are not full yet, and say how long a list request takes the deployed function.

    Returns `products`, `predicted_seconds` of CPU-bound work at the function's memory, its `timeout`, and `factor`, the
    ratio of the two. A second run writes nothing. Stock that exists is left as it is.
    """
    shop = _Shop(client("dynamodb"), outputs["ProductsTable"], outputs["InventoryTable"], report, cpu_clock)
    count, cpu_seconds = shop.fill()
    function = client("lambda").get_function_configuration(FunctionName=outputs["ProductFunction"])
    predicted, timeout = at_memory(cpu_seconds, function["MemorySize"]), function["Timeout"]
    factor = predicted / timeout
    report(
        f"The catalogue has {count:,} products; listing them should take the product function about {predicted:.1f} s "
        f"at {function['MemorySize']} MB, {factor:.1f} times its timeout of {timeout} s."
    )
    return {
        "products": count,
        "predicted_seconds": round(predicted, 2),
        "timeout": timeout,
        "factor": round(factor, 2),
    }


def at_memory(cpu_seconds: float, memory_mb: int) -> float:
    """How long work that takes that many seconds of one CPU lasts in a function with that memory."""
    return cpu_seconds / min(1.0, memory_mb / SHARE_OF_ONE_CPU)


def enough(count: int, cpu_seconds: float) -> int:
    """How many products the catalogue needs when `count` of them cost that much CPU.

    Measured against the function as it is shipped, not as it is now: a fixed function does not get a bigger catalogue.
    """
    wanted = WANTED_FACTOR * SHIPPED_TIMEOUT
    predicted = at_memory(cpu_seconds, SHIPPED_MEMORY)
    if predicted >= wanted:
        return count
    steps = -(-count * wanted // (max(predicted, 0.001) * STEP))
    return max(count, min(MOST, int(steps) * STEP))


class _Shop:
    """The two tables of one deployment."""

    def __init__(
        self,
        dynamodb: Any,  # noqa: ANN401 - boto3 makes its clients at run time
        products: str,
        inventory: str,
        report: Callable[[str], None],
        cpu_clock: Callable[[], float],
    ) -> None:
        self._dynamodb, self._products, self._inventory = dynamodb, products, inventory
        self._report, self._cpu_clock = report, cpu_clock

    def fill(self) -> tuple[int, float]:
        """How many products there are in the end, and what scanning and serialising them costs in CPU seconds.

        The stock comes last: where every product has stock, an earlier run has finished and the size is settled.
        """
        stocked = self._keys(self._inventory)
        listed, cpu_seconds = self._measure()
        numbers = range(1, max(BASE, *map(_number, listed), 0) + 1)
        if all(product_id(n) in listed and product_id(n) in stocked for n in numbers):
            return len(listed), cpu_seconds
        self._write("products", self._products, [product(n) for n in numbers if product_id(n) not in listed])
        listed, cpu_seconds = self._measure()
        more = range(len(numbers) + 1, enough(len(numbers), cpu_seconds) + 1)
        if more:
            self._write("more products, for this machine is fast", self._products, [product(n) for n in more])
            listed, cpu_seconds = self._measure()
        unstocked = [product(n) for n in (*numbers, *more) if product_id(n) not in stocked]
        self._write("stock records", self._inventory, [_stock_record(item) for item in unstocked])
        return len(listed), cpu_seconds

    def _measure(self) -> tuple[set[str], float]:
        """The product ids, and the CPU seconds that this process needs for what a list request does."""
        plain = TypeDeserializer().deserialize
        started = self._cpu_clock()
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._products)
        items = [{name: plain(value) for name, value in item.items()} for page in pages for item in page["Items"]]
        json.dumps({"products": items}, default=float)
        return {item["productId"] for item in items}, self._cpu_clock() - started

    def _keys(self, table: str) -> set[str]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="productId")
        return {item["productId"]["S"] for page in pages for item in page["Items"]}

    def _write(self, what: str, table: str, items: Sequence[Item]) -> None:
        typed = TypeSerializer().serialize
        puts = [{"PutRequest": {"Item": {name: typed(value) for name, value in item.items()}}} for item in items]
        batches = [puts[start : start + BATCH] for start in range(0, len(puts), BATCH)]
        with ThreadPoolExecutor(WRITERS) as writers:
            for done in _counted(writers.map(lambda batch: self._put(table, batch), batches)):
                if done % 20 == 0 or done == len(batches):
                    self._report(f"writing {what}: {min(done * BATCH, len(puts)):,} of {len(puts):,}")

    def _put(self, table: str, batch: list[dict[str, Any]]) -> None:
        left = {table: batch}
        while left:  # the SDK slows down by itself when nothing is accepted
            left = self._dynamodb.batch_write_item(RequestItems=left).get("UnprocessedItems") or {}


def _stock_record(item: Item) -> Item:
    return {"productId": item["productId"], "stock": STOCK, "reserved": 0, "price": item["price"]}


def _counted(results: Iterable[None]) -> Iterable[int]:
    return (number for number, _ in enumerate(results, start=1))
