"""UpdateItem as it is answered here, beside MiniStack's own: the same words, items and stream records."""

from typing import Any

import pytest

from shopfast_obs.localcloud.ministack.dynamodb import updating
from tests.localcloud.dynamodb import asked, emptied, module

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}
ITEM = KEY | {"a": {"N": "7"}, "kind": {"S": "k"}, "m": {"M": {"b": {"S": "x"}}}, "tags": {"SS": ["x", "y"]}}
ADD_ONE = {"UpdateExpression": "SET a = a + :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
LARGE = {"S": "x" * 210_000}
DEEP: dict[str, Any] = {"S": "x"}
for _ in range(33):
    DEEP = {"L": [DEEP]}
ANSWERED_HERE = [
    ADD_ONE | {"ReturnValues": "ALL_NEW"},
    ADD_ONE | {"ReturnValues": "UPDATED_OLD", "ConditionExpression": "a < :n OR attribute_exists(kind)"},
    {"UpdateExpression": "REMOVE m.b, kind", "ReturnValues": "UPDATED_OLD"},
    {"UpdateExpression": "add a :n delete tags :t", "ReturnValues": "UPDATED_NEW"}
    | {"ExpressionAttributeValues": {":n": {"N": "1.50"}, ":t": {"SS": ["x"]}}},
    {"UpdateExpression": "SET m.#b = :v", "ReturnValues": "ALL_OLD", "ExpressionAttributeNames": {"#b": "b"}}
    | {"ExpressionAttributeValues": {":v": {"L": [{"N": "1.0"}]}}},
    {"UpdateExpression": "SET a = :n, note = a", "ExpressionAttributeValues": {":n": {"N": "007"}}},
]
ANSWERED_BY_MINISTACK = [
    {},
    {"UpdateExpression": " "},
    ADD_ONE | {"ConditionExpression": ""},
    ADD_ONE | {"ConditionExpression": "a > :n AND a < :n"},
    ADD_ONE | {"ReturnValues": "NOTHING"},
    ADD_ONE | {"ReturnConsumedCapacity": "TOTAL"},
    ADD_ONE | {"Key": {"pk": {"S": "p"}}},
    ADD_ONE | {"TableName": "nothing"},
    ADD_ONE | {"TableName": "arn:aws:dynamodb:us-east-1:000000000000:table/things"},
    ADD_ONE | {"ExpressionAttributeNames": {}},
    ADD_ONE | {"ExpressionAttributeValues": {":n": {"N": "1"}, ":unused": {"N": "1"}}},
    ADD_ONE | {"ExpressionAttributeValues": {":n": {"N": "one"}}},
    {"UpdateExpression": "SET sk = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}},
    {"UpdateExpression": "SET kind = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}},
    {"UpdateExpression": "SET name = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}},
    {"UpdateExpression": "SET a = ((:n))", "ExpressionAttributeValues": {":n": {"N": "1"}}},
    {"UpdateExpression": "SET missing.b = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}},
    {"UpdateExpression": "SET b = :v", "ExpressionAttributeValues": {":v": DEEP}},
    {"UpdateExpression": "SET b = :v, c = :v", "ExpressionAttributeValues": {":v": LARGE}},
    {"UpdateExpression": "SET b = if_not_exists(a, :v), c = if_not_exists(a, :v)"}  # charged for what it does not store
    | {"ExpressionAttributeValues": {":v": LARGE}},
    {"AttributeUpdates": {"a": {"Action": "ADD", "Value": {"N": "1"}}}},
]


@pytest.fixture(scope="module")
def modules() -> tuple[Any, Any]:
    """MiniStack's module with our data path, and as it is."""
    return module("updating_ours", joined=True), module("updating_stock", joined=False)


def told(made: Any, change: dict[str, Any], exists: bool) -> tuple[Any, ...]:
    """The answer to an update, the items after it, and what the table's stream says of it."""
    emptied(made)
    if exists:
        assert asked(made, "_put_item", {"TableName": "things", "Item": ITEM})[0] == 200
    answer = asked(made, "_update_item", {"TableName": "things", "Key": KEY} | change)
    records = [record["dynamodb"] for record in made._stream_records.get("things", [])]
    images = [(record.get("OldImage"), record.get("NewImage")) for record in records]
    return answer, asked(made, "_scan", {"TableName": "things"}), images


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("change", [*ANSWERED_HERE, *ANSWERED_BY_MINISTACK], ids=lambda change: str(change)[:60])
def test_an_update_is_answered_as_ministack_answers_it(
    modules: tuple[Any, Any], change: dict[str, Any], exists: bool
) -> None:
    """Whether it is right or wrong, for an item that is there and for one that is not."""
    ours, stock = modules
    assert told(ours, change, exists) == told(stock, change, exists)


def test_what_is_usual_is_answered_here_and_the_rest_is_not(modules: tuple[Any, Any]) -> None:
    """So the usual costs what is promised, and what is wrong is told in MiniStack's words."""
    ours, _ = modules
    emptied(ours)
    assert asked(ours, "_put_item", {"TableName": "things", "Item": ITEM})[0] == 200
    updates = updating.Updates(ours)
    for change in ANSWERED_HERE:
        updates._prepared({"TableName": "things", "Key": KEY} | change)
    for change in ANSWERED_BY_MINISTACK:
        with pytest.raises((updating._ElsewhereError, LookupError, ValueError)):
            updates._prepared({"TableName": "things", "Key": KEY} | change)
    (kept,) = ours._tables["things"]["items"]["p"].values()
    assert kept == ITEM  # to prepare changes nothing
