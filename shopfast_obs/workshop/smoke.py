"""Events with which each function of ShopFast can be run without doing anything: `doctor` really invokes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NOTHING: Mapping[str, Any] = {"Records": []}
_PRODUCT = {"requestContext": {"http": {"method": "GET"}}, "rawPath": "/products/p-00001"}
_STOCK = {"httpMethod": "GET", "path": "/inventory/p-00001", "headers": {}}

HARMLESS: Mapping[str, Mapping[str, Any]] = {
    "shopfast-product-service": _PRODUCT,
    "shopfast-order-service": _NOTHING,
    "shopfast-inventory-service": _STOCK,
    "shopfast-notification-handler": _NOTHING,
}
