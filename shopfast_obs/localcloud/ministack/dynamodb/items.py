"""Items as they are stored: each is replaced as a whole and never changed, so what follows from it is reckoned once."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Mapping

import orjson

from shopfast_obs.localcloud.ministack.dynamodb import encoding
from shopfast_obs.localcloud.ministack.json_copies import copied
from shopfast_obs.localcloud.ministack.untyped import Untyped

Key = tuple[str, str]  # the values of the partition key and of the sort key, as MiniStack files them
Table = dict[str, Untyped]
_converting = threading.Lock()
_sized = threading.local()  # what this thread has reckoned last, and its size


class Item(dict[str, Untyped]):
    """One stored item. `size` (bytes as DynamoDB reckons them) and `json` are made when they are first asked for."""

    __slots__ = ("json", "size")
    json: bytes
    size: int

    def __getattr__(self, name: str) -> Untyped:
        """Fill the slot; Python asks only while it is empty."""
        if name == "json":
            self.json = encoding.plain(self)
            return self.json
        if name == "size":
            from ministack.services import dynamodb

            self.size = dynamodb._item_size_bytes(dict(self))
            return self.size
        raise AttributeError(name)

    def __deepcopy__(self, memo: object) -> dict[str, Untyped]:
        """A dictionary that may be changed."""
        return {name: copied(value) for name, value in self.items()}


class Items(defaultdict[str, dict[str, Item]]):
    """The items of a table by partition and sort key, and the order in which a Scan reads them."""

    def __init__(self, found: Mapping[str, Mapping[str, dict[str, Untyped]]]) -> None:
        super().__init__(dict)
        for partition, rows in found.items():
            self[partition] = {sort: Item(item) for sort, item in rows.items()}
        self._order: list[Key] | None = None  # made by the first Scan
        self.writes = 0
        self._asked = -1  # after how many writes `settled` was asked
        self._document = -1, b""  # what it gave, and after how many writes

    def __deepcopy__(self, memo: object) -> dict[str, dict[str, Untyped]]:
        """Dictionaries that may be changed."""
        return {partition: copied(rows) for partition, rows in self.items()}

    def after(self, key: Key | None) -> tuple[list[Key], int]:
        """All keys in the order of a Scan, and where those behind `key` begin."""
        order = self._order
        if order is None:
            order = self._order = sorted((partition, sort) for partition, rows in self.items() for sort in rows)
        return order, bisect_right(order, key) if key else 0

    def settled(self) -> bytes | None:
        """All items as one document, for a table that nobody has written to since this was asked last; else None."""
        writes = self.writes
        if self._document[0] == writes:
            return self._document[1]
        document = _encoded(self) if self._asked == writes else None
        self._asked = writes
        if document is None or self.writes != writes:
            return None
        self._document = writes, document
        return document

    def came(self, key: Key, new: bool) -> None:
        """An item has been stored, under a new key or in the place of another."""
        self.writes += 1
        if new and self._order is not None:
            insort(self._order, key)

    def went(self, key: Key) -> None:
        """A key has gone."""
        self.writes += 1
        order = self._order
        if order is not None and (at := bisect_left(order, key)) < len(order) and order[at] == key:
            del order[at]


def _encoded(items: Items) -> bytes | None:
    """In one step, which no thread interrupts; None for a table that holds what orjson does not know."""
    try:
        return orjson.dumps(items)
    except TypeError:
        return None


def of(table: Table) -> Items:
    """The items of a table, which MiniStack makes as plain dictionaries when it creates or restores one."""
    found = table["items"]
    if type(found) is Items:
        return found
    with _converting:
        if type(table["items"]) is not Items:
            table["items"] = Items(table["items"])
        items: Items = table["items"]
        return items


def setting(stock: Callable[..., Untyped]) -> Callable[..., Untyped]:
    """MiniStack's way to store an item, for items that are kept; gives the one before."""

    def set_item(table: Table, pk_val: str, sk_val: str, item: dict[str, Untyped]) -> Untyped:
        items = of(table)
        made = Item(item)
        if getattr(_sized, "item", None) is item:  # it has just been checked against the limit of an item
            made.size = _sized.size
        old = stock(table, pk_val, sk_val, made)
        items.came((pk_val, sk_val), old is None)
        return old

    return set_item


def removing(stock: Callable[..., Untyped]) -> Callable[..., Untyped]:
    """MiniStack's way to delete an item; gives it."""

    def remove_item(table: Table, pk_val: str, sk_val: str) -> Untyped:
        items = of(table)
        old = stock(table, pk_val, sk_val)
        if old is not None:
            items.went((pk_val, sk_val))
        return old

    return remove_item


def sized(stock: Callable[[Untyped], int]) -> Callable[[Untyped], int]:
    """MiniStack's reckoning of an item's size, done once for each that is stored."""

    def size(item: Untyped) -> int:
        if type(item) is Item:
            return item.size
        _sized.item, _sized.size = item, stock(item)
        return int(_sized.size)

    return size
