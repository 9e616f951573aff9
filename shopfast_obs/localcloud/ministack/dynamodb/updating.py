"""UpdateItem: what follows from the texts of a request is reckoned once for each, and only what changes is checked.

Whatever is wrong, unusual or refused is MiniStack's to answer: nothing is stored before all of it is known to be
right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import orjson

from shopfast_obs.localcloud.ministack.dynamodb import encoding
from shopfast_obs.localcloud.ministack.dynamodb.encoding import Answer
from shopfast_obs.localcloud.ministack.dynamodb.expressions import KEPT, Tokens
from shopfast_obs.localcloud.ministack.dynamodb.items import Key, Table
from shopfast_obs.localcloud.ministack.json_copies import copied
from shopfast_obs.localcloud.ministack.untyped import Untyped

VALUES, NAMES = "ExpressionAttributeValues", "ExpressionAttributeNames"
FIELDS = "ConditionExpression", "UpdateExpression"
PLAIN = {"TableName", "Key", "ReturnValues", *FIELDS, VALUES, NAMES}  # a request that asks for more is MiniStack's
# What applies a clause, in the order in which MiniStack does.
CLAUSES = {"SET": "_apply_set", "REMOVE": "_apply_remove", "ADD": "_apply_add", "DELETE": "_apply_delete"}
ANSWERS = {"NONE", "ALL_NEW", "ALL_OLD", "UPDATED_NEW", "UPDATED_OLD"}
ITEM = 409_600  # bytes of an item, and of what an update is charged for
LEVELS = 32  # of a value: one that has fewer brackets than that is not deeper
CHARGE = (
    68  # bytes that a character of an expression is charged at most, beside the names and values that it stands for
)
Data = Mapping[str, Untyped]
Document = dict[str, Untyped]
Path = tuple[Untyped, ...]


class _ElsewhereError(Exception):
    """MiniStack answers this request."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The clauses of an expression that nothing is wrong with, in the order in which they are applied, and how long it
    and its longest name are."""

    clauses: list[tuple[str, Tokens]]
    text: int
    name: int


@dataclass(frozen=True, slots=True)
class _Change:
    """An item as it was, which nobody may change, and as it will be."""

    table: Table
    key: Key
    old: Document | None
    new: Document


def install(module: Untyped) -> None:
    """Put this into MiniStack's place."""
    module._update_item = Updates(module).update


class Updates:
    """Stands in for MiniStack's UpdateItem."""

    def __init__(self, module: Untyped) -> None:
        self._module = module
        self._stock: Callable[[Data], Answer] = module._update_item
        self._plan = lru_cache(KEPT)(self._planned)

    def update(self, data: Data) -> Answer:
        """The answer to one request."""
        try:
            change, shown = self._prepared(data)
        except Exception:  # MiniStack says what is wrong, in DynamoDB's words
            return self._stock(data)
        self._module._set_item(change.table, *change.key, change.new)
        event = "MODIFY" if change.old else "INSERT"
        self._module._emit_stream_event(data["TableName"], event, change.old, change.new)
        return encoding.answer({"Attributes": shown} if shown else {})

    def _prepared(self, data: Data) -> tuple[_Change, Document]:
        """What is to be stored, and the attributes that the caller asked for; raises for a request of MiniStack's."""
        wanted = data.get("ReturnValues", "NONE")
        _demand(PLAIN.issuperset(data) and wanted in ANSWERS)
        table, key = self._module._tables[data["TableName"]], data["Key"]
        plan = self._plan_of(data)
        partition, sort, wrong = self._module._resolve_table_key_values(table, key, False)
        _demand(not wrong)
        old = table["items"].get(partition, {}).get(sort)
        self._allow(data, old)
        change = _Change(table, (partition, sort), old, copied(old) if old else dict(key))
        paths = self._apply(plan, data, change.new)
        self._check(change, {path[0] for path in paths})
        return change, self._shown(wanted, change, paths)

    def _plan_of(self, data: Data) -> _Plan:
        """The plan of the request's expressions; its values are right, too."""
        values, names = data.get(VALUES), data.get(NAMES)
        _demand(values != {} and names != {})
        texts = data["UpdateExpression"], data.get("ConditionExpression")
        plan = self._plan(*texts, tuple(values or ()), tuple((names or {}).items()))
        document = orjson.dumps(values)  # longer than what DynamoDB charges for any of the values
        _demand(document.count(b"{") + document.count(b"[") < LEVELS)
        _demand(plan.text * (CHARGE + 4 * plan.name + len(document)) < ITEM)
        checked = (*data["Key"].values(), *(values or {}).values())
        _demand(not any(map(self._module._attribute_value_error, checked)))
        return plan

    def _planned(
        self, update: str, condition: str | None, values: tuple[str, ...], names: tuple[tuple[str, str], ...]
    ) -> _Plan:
        module = self._module
        request = dict(zip(FIELDS, (condition, update), strict=True)) | {
            VALUES: dict.fromkeys(values),
            NAMES: dict(names),
        }
        _demand(condition is None or bool(condition.strip()))
        _demand(update.split(maxsplit=1)[0].upper() in CLAUSES)
        _demand(not module._validate_expression_attrs(request, FIELDS, "envelope"))
        tokens = module._tokenize(update)
        clauses, others = _clauses(tokens)
        _demand(not module._check_redundant_parens(tokens) and not module._check_reserved_keyword_usage(others))
        ordered = [(clause, clauses[clause]) for clause in CLAUSES if clause in clauses]
        return _Plan(ordered, len(update), max((len(name) for _, name in names), default=0))

    def _allow(self, data: Data, old: Document | None) -> None:
        """The condition holds."""
        condition = data.get("ConditionExpression")
        if condition is not None:
            holds = self._module._evaluate_condition
            _demand(holds(condition, old or {}, data.get(VALUES, {}), data.get(NAMES, {})))

    def _apply(self, plan: _Plan, data: Data, new: Document) -> set[Path]:
        """Change a copy of the item; gives the paths that were changed."""
        paths: set[Path] = set()
        names, values = data.get(NAMES, {}), (data.get(VALUES, {}),)
        for clause, tokens in plan.clauses:
            apply = getattr(self._module, CLAUSES[clause])
            apply(new, tokens, *(() if clause == "REMOVE" else values), names, paths)
        return paths

    def _check(self, change: _Change, changed: set[str]) -> None:
        """What has changed is right; the rest was when it was stored."""
        module, table, new = self._module, change.table, change.new
        keys = table["pk_name"], table["sk_name"]
        _demand(changed.isdisjoint(keys))
        part = {name: new[name] for name in changed if name in new} if change.old else new
        _demand(not module._validate_item(part, *keys))
        _demand(not module._validate_index_key_values(table, new, update_expr=True))
        _demand(module._item_size_bytes(new) <= ITEM)

    def _shown(self, wanted: str, change: _Change, paths: set[Path]) -> Document:
        which, _, side = wanted.partition("_")
        item = change.new if side == "NEW" else change.old
        if item is None or which == "NONE":
            return {}
        if which == "ALL":
            return item
        shown: Document = self._module._diff_attributes(item, item, paths)
        return shown


def _clauses(tokens: Tokens) -> tuple[dict[str, Tokens], Tokens]:
    """The tokens of each clause, and all but the words that begin one."""
    clauses: dict[str, Tokens] = {}
    others: Tokens = []
    current: Tokens = []
    for kind, word in tokens:
        if kind == "IDENT" and word.upper() in CLAUSES:
            current = clauses[word.upper()] = []
        else:
            others.append((kind, word))
            if kind != "EOF":
                current.append((kind, word))
    return clauses, others


def _demand(right: bool) -> None:
    if not right:
        raise _ElsewhereError
