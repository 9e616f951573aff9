"""The products table."""

from __future__ import annotations

import os
from typing import Any

import boto3

table = boto3.resource("dynamodb").Table(os.environ["PRODUCTS_TABLE"])


def get_product(product_id: str) -> dict[str, Any] | None:
    item: dict[str, Any] | None = table.get_item(Key={"productId": product_id}).get("Item")
    return item


def scan_products() -> list[dict[str, Any]]:
    page = table.scan()
    products: list[dict[str, Any]] = page["Items"]
    while "LastEvaluatedKey" in page:
        page = table.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
        products.extend(page["Items"])
    return products
