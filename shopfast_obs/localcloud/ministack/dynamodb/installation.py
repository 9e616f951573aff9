"""Puts the data path into MiniStack's places."""

from __future__ import annotations

from shopfast_obs.localcloud.ministack.copies import Copies
from shopfast_obs.localcloud.ministack.dynamodb import encoding, expressions, items, reading
from shopfast_obs.localcloud.ministack.untyped import Untyped


def install() -> None:
    """Once a process, before the first request."""
    from ministack.services import dynamodb

    join(dynamodb)


def join(module: Untyped) -> None:
    """Put the data path into one copy of MiniStack's module."""
    module._set_item = items.setting(module._set_item)
    module._remove_item = items.removing(module._remove_item)
    module._item_size_bytes = items.sized(module._item_size_bytes)
    module.json_response = encoding.answer
    module.copy = Copies()
    expressions.install(module)
    reading.install(module)
