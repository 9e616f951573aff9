"""Puts the data path into MiniStack's places."""

from __future__ import annotations

from functools import lru_cache

from shopfast_obs.localcloud.ministack.dynamodb import encoding, expressions, items, reading, updating
from shopfast_obs.localcloud.ministack.json_copies import Copies
from shopfast_obs.localcloud.ministack.untyped import Untyped

NUMBERS = 10_000  # texts that are remembered


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
    for name in ("_ddb_canonicalize_number", "_number_error", "_number_size_bytes"):  # what depends on the text alone
        setattr(module, name, lru_cache(NUMBERS)(getattr(module, name)))
    expressions.install(module)
    reading.install(module)
    updating.install(module)
