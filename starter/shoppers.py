"""How people shop: what the traffic engine sends. One call of a scenario is one shopper's visit.

A visit yields the requests it wants sent and is given the answer to each.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Generator, Mapping
from typing import Any, Protocol

PRODUCTS = 3_000  # the catalogue has at least these, p-00001 and on
CUSTOMERS = 500
SHARE_OF_BROWSERS = 0.7


class Answer(Protocol):
    """What came back: the HTTP status (0 when nothing did) and the JSON body, or None."""

    status: int

    def json(self) -> Any: ...  # noqa: ANN401 - any JSON value


Visit = Generator[dict[str, Any], Answer, None]


def browse(rng: random.Random, outputs: Mapping[str, str]) -> Visit:
    """Look at the list, then at one to three products."""
    base = outputs["ProductsUrl"].rstrip("/")
    yield {"route": "GET /products", "method": "GET", "url": f"{base}/products"}
    for _ in range(rng.choice((1, 2, 2, 3))):
        yield _look(rng, base, _some_product(rng))


def order(rng: random.Random, outputs: Mapping[str, str]) -> Visit:
    """Look at a product, order it and perhaps others, then look at the order."""
    api = outputs["ApiUrl"].rstrip("/")
    wanted = sorted({_some_product(rng) for _ in range(rng.choice((1, 1, 2, 3)))})
    yield _look(rng, outputs["ProductsUrl"].rstrip("/"), wanted[0])
    placed = yield {
        "route": "POST /orders",
        "method": "POST",
        "url": f"{api}/orders",
        # New in every run, whatever the seed: a repeated id would be answered with the order of last time.
        "headers": {"Idempotency-Key": str(uuid.uuid4())},
        "json": {
            "customerId": f"c-{rng.randint(1, CUSTOMERS):04d}",
            "items": [{"productId": product, "quantity": rng.choice((1, 1, 1, 2, 3))} for product in wanted],
            "paymentToken": rng.choice(("tok_visa", "tok_mastercard", "tok_amex")),
        },
        "think": rng.uniform(0.2, 0.8),
    }
    body = placed.json()
    if isinstance(body, dict) and "orderId" in body:
        url = f"{api}/orders/{body['orderId']}"
        yield {"route": "GET /orders/{id}", "method": "GET", "url": url, "think": rng.uniform(0.1, 0.5)}


def mixed(rng: random.Random, outputs: Mapping[str, str]) -> Visit:
    """Seven in ten only browse."""
    yield from (browse if rng.random() < SHARE_OF_BROWSERS else order)(rng, outputs)


def _look(rng: random.Random, base: str, product: str) -> dict[str, Any]:
    url = f"{base}/products/{product}"
    return {"route": "GET /products/{id}", "method": "GET", "url": url, "think": rng.uniform(0.2, 0.8)}


def _some_product(rng: random.Random) -> str:
    """The first products are the best-sellers."""
    return f"p-{1 + int(PRODUCTS * rng.random() ** 2):05d}"


SCENARIOS: dict[str, Callable[[random.Random, Mapping[str, str]], Visit]] = {
    "browse": browse,
    "order": order,
    "mixed": mixed,
}
