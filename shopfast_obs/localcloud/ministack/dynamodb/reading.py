"""GetItem, and pages of Scan and Query: cut at 1 MB of what is read, before any filter, and charged for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from shopfast_obs.localcloud.ministack.dynamodb import encoding, items
from shopfast_obs.localcloud.ministack.dynamodb.encoding import Answer
from shopfast_obs.localcloud.ministack.dynamodb.items import Item, Items, Key, Table
from shopfast_obs.localcloud.ministack.untyped import Untyped

PAGE = 1_048_576  # bytes of items that one page reads at most
UNIT = 4_096  # bytes that one read capacity unit reads, strongly consistent
# A Scan that asks for more is MiniStack's, filter, projection and index included.
PLAIN = {"TableName", "ExclusiveStartKey", "Limit", "ConsistentRead", "ReturnConsumedCapacity"}
ITEM = {"TableName", "Key", "ConsistentRead"}  # a GetItem that asks for more is MiniStack's
Data = Mapping[str, Untyped]
_read = threading.local()  # bytes of the page that this thread has cut last


def units(size: int, consistent: bool) -> float:
    """Read capacity units for so many bytes; to find nothing costs as much as the smallest item."""
    whole = max(1, -(-size // UNIT))
    return float(whole) if consistent else whole / 2


def cut(module: Untyped) -> Callable[..., tuple[list[Untyped], bool]]:
    """MiniStack's way to cut a page, which remembers how much it read."""

    def paginate(
        items: Sequence[Untyped], limit: Untyped, table: Table, index_name: Untyped = None
    ) -> tuple[list[Untyped], bool]:
        size, most = 0, int(limit) if limit is not None else len(items) + 1
        for number, item in enumerate(items):
            entry = module._apply_index_projection(item, table, index_name) if index_name else item
            bytes_of_entry = module._item_size_bytes(entry)
            if number and size + bytes_of_entry > PAGE:
                return _paged(items, number, size)
            size += bytes_of_entry
            if number + 1 >= most or size >= PAGE:
                return _paged(items, number + 1, size)
        _read.size = size
        return list(items), False

    return paginate


def _paged(items: Sequence[Untyped], end: int, size: int) -> tuple[list[Untyped], bool]:
    _read.size = size
    return list(items[:end]), True


def charged(module: Untyped) -> Callable[..., None]:
    """MiniStack's way to add the consumed capacity to an answer, by the bytes that were read."""
    stock = module._add_consumed_capacity

    def add(result: dict[str, Untyped], data: Data, table_name: str, **more: Untyped) -> None:
        stock(result, data, table_name, **more)
        capacity = result.get("ConsumedCapacity")
        if capacity is None or more.get("write"):
            return
        table = module._tables.get(table_name, {})
        if "Key" in data:
            found = module._get_item_by_key(table, data["Key"])
            size = module._item_size_bytes(found) if found else 0
        else:
            size = _read.size  # a page was cut before
        factor = units(size, bool(data.get("ConsistentRead"))) / capacity["CapacityUnits"]
        _multiply(capacity, factor)

    return add


def _multiply(capacity: dict[str, Untyped], factor: float) -> None:
    for name, value in capacity.items():
        if isinstance(value, dict):
            _multiply(value, factor)
        elif name == "CapacityUnits":
            capacity[name] = value * factor


def scanning(module: Untyped) -> Callable[[Data], Answer]:
    """Scan: a plain one is a slice of the table's order and a join of what is kept; others are MiniStack's."""
    stock: Callable[[Data], Answer] = module._scan

    def scan(data: Data) -> Answer:
        page = _Plain.of(module, data)
        return stock(data) if page is None else page.answer(module, data)

    return scan


class _Plain:
    """A Scan without filter, projection, index or segment, that nothing is wrong with."""

    def __init__(self, table: Table, start: Key | None, limit: int | None) -> None:
        self._table = table
        self._start = start
        self._limit = limit

    @classmethod
    def of(cls, module: Untyped, data: Data) -> _Plain | None:
        """The Scan that this request is, or None for one that MiniStack answers."""
        if not PLAIN.issuperset(data) or data.get("ReturnConsumedCapacity") not in (None, "NONE", "TOTAL", "INDEXES"):
            return None
        name, limit = data.get("TableName"), data.get("Limit")
        table = module._tables.get(name) if isinstance(name, str) else None
        if table is None or not (limit is None or (type(limit) is int and limit > 0)):
            return None
        start = data.get("ExclusiveStartKey")
        if start is None:
            return cls(table, None, limit)
        partition, sort, wrong = module._resolve_table_key_values(table, start, False)
        return None if wrong else cls(table, (partition, sort), limit)

    def answer(self, module: Untyped, data: Data) -> Answer:
        """One page, and the key of its last item when it was cut."""
        page, more = self._page(items.of(self._table))
        parts = b",".join([item.json for item in page])
        body = b'{"Items":[%b],"Count":%d,"ScannedCount":%d' % (parts, len(page), len(page))
        rest: dict[str, Untyped] = {}
        if more and page:
            rest["LastEvaluatedKey"] = module._build_key(page[-1], self._table["pk_name"], self._table["sk_name"])
        module._add_consumed_capacity(rest, data, data["TableName"])
        body += b"," + encoding.plain(rest)[1:] if rest else b"}"
        return 200, {"Content-Type": encoding.CONTENT_TYPE}, body

    def _page(self, stored: Items) -> tuple[list[Item], bool]:
        order, first = stored.after(self._start)
        page: list[Item] = []
        size, most = 0, self._limit or len(order) + 1
        for partition, sort in islice(order, first, None):
            item = (stored.get(partition) or {}).get(sort)
            if item is None:  # a workflow's thread has deleted it meanwhile
                continue
            if page and size + item.size > PAGE:
                break
            page.append(item)
            size += item.size
            if len(page) >= most or size >= PAGE:
                break
        else:
            _read.size = size
            return page, False
        _read.size = size
        return page, True


def getting(module: Untyped) -> Callable[[Data], Answer]:
    """GetItem: a plain one that nothing is wrong with is answered by what is kept of the item; others are
    MiniStack's."""
    stock: Callable[[Data], Answer] = module._get_item

    def get(data: Data) -> Answer:
        try:
            body = _item(module, data)
        except Exception:  # MiniStack says what is wrong, in DynamoDB's words
            body = None
        return stock(data) if body is None else (200, {"Content-Type": encoding.CONTENT_TYPE}, body)

    return get


def _item(module: Untyped, data: Data) -> bytes | None:
    key = data["Key"]
    if not ITEM.issuperset(data) or type(data.get("ConsistentRead", False)) is not bool:
        return None
    if any(map(module._attribute_value_error, key.values())):
        return None
    table = module._tables[data["TableName"]]
    partition, sort, wrong = module._resolve_table_key_values(table, key, False)
    if wrong:
        return None
    item = table["items"].get(partition, {}).get(sort)
    if item is None:
        return b"{}"
    return b'{"Item":%b}' % item.json if type(item) is Item else None


def install(module: Untyped) -> None:
    """Put these into MiniStack's places."""
    module._paginate_evaluated_items = cut(module)
    module._add_consumed_capacity = charged(module)
    module._scan = scanning(module)
    module._get_item = getting(module)
