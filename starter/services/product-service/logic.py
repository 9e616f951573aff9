"""What the shop shows of its products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import store

MAX_SEARCH_LENGTH = 100
WHOLE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class InvalidRequestError(ValueError):
    """The caller asked for something that makes no sense."""


class ProductNotFoundError(LookupError):
    """There is no such product."""


def get_product(product_id: str) -> dict[str, Any]:
    product = store.get_product(product_id)
    if product is None:
        raise ProductNotFoundError(f"There is no product {product_id}")
    return product


def list_products(query: Mapping[str, str]) -> dict[str, Any]:
    """All products, sorted by name; `search`, `limit` and `offset` narrow what is shown."""
    search = query.get("search", "").strip().lower()
    if len(search) > MAX_SEARCH_LENGTH:
        raise InvalidRequestError(f"search must have at most {MAX_SEARCH_LENGTH} characters")
    limit, offset = _limit(query.get("limit")), _offset(query.get("offset"))
    products = store.scan_products()
    print(f"found {len(products)} products")
    if search:
        products = [product for product in products if _matches(product, search)]
    products.sort(key=lambda product: (str(product.get("name", "")), product["productId"]))
    shown = products[offset:][:limit]
    return {"products": shown, "count": len(shown), "total": len(products)}


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not WHOLE_NUMBER.fullmatch(text):
        raise InvalidRequestError("limit must be a whole number above 0")
    return int(text)


def _offset(text: str | None) -> int:
    if text is None or text == "0":
        return 0
    if not WHOLE_NUMBER.fullmatch(text):
        raise InvalidRequestError("offset must be a whole number")
    return int(text)


def _matches(product: Mapping[str, Any], search: str) -> bool:
    words = (product.get("name", ""), product.get("category", ""), *product.get("tags", ()))
    return any(search in str(word).lower() for word in words)
