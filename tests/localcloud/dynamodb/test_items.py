"""Stored items, what is kept of them, and what of it is written down."""

import copy
import json
from typing import Any

import pytest

from shopfast_obs.localcloud.ministack.dynamodb import items
from shopfast_obs.localcloud.ministack.dynamodb.items import Item, Items
from tests.localcloud.dynamodb import asked, module

HALF = "\ud800"  # half of a surrogate pair, which UTF-8 has no bytes for


@pytest.fixture(scope="module")
def dynamodb() -> Any:
    """MiniStack's module with our data path."""
    return module("items_dynamodb", joined=True)


def put(dynamodb: Any, name: str, text: str) -> None:
    """Store one small item."""
    request = {"TableName": "small", "Item": {"id": {"S": name}, "body": {"S": text}}}
    assert asked(dynamodb, "_put_item", request)[0] == 200


def test_what_is_written_down_is_what_is_stored(dynamodb: Any) -> None:
    """As soon as nobody writes to the table: while somebody does, there is no document of it to keep."""
    table = dynamodb._tables["small"]
    for text in ("one", "zwei \u20ac", ""):
        put(dynamodb, 'a "quoted" key', text)
        put(dynamodb, "b", text)
        assert items.of(table).settled() is None
        document = items.of(table).settled()
        assert document is not None
        assert json.loads(document) == json.loads(json.dumps(table["items"]))
        assert items.of(table).settled() is document
    for change in (("_delete_item", {"Key": {"id": {"S": "b"}}}), ("_put_item", {"Item": {"id": {"S": "b"}}})):
        assert asked(dynamodb, change[0], {"TableName": "small", **change[1]})[0] == 200
        assert items.of(table).settled() is None


def test_the_size_that_is_kept_is_the_items(dynamodb: Any) -> None:
    """Also after one that was refused, and after an update."""
    for text in ("short", "x" * 500_000, "longer by far"):
        asked(dynamodb, "_put_item", {"TableName": "small", "Item": {"id": {"S": "s"}, "body": {"S": text}}})
    longer = {"UpdateExpression": "SET more = :m", "ExpressionAttributeValues": {":m": {"N": "12345"}}}
    for change in ({}, longer):
        if change:
            asked(dynamodb, "_update_item", {"TableName": "small", "Key": {"id": {"S": "s"}}, **change})
        (item,) = items.of(dynamodb._tables["small"])["s"].values()
        assert item.size == Item(item).size == dynamodb._item_size_bytes(dict(item))
    assert item.size == len("id" + "s" + "body" + "longer by far" + "more") + 4  # 12345 are three pairs of digits


def test_what_was_written_down_is_taken_up_again(dynamodb: Any) -> None:
    """A table as a start restores it, plain dictionaries, is kept from its first use on."""
    put(dynamodb, "a", "kept")
    table = dynamodb._tables["small"]
    table["items"] = json.loads(json.dumps(table["items"]))
    put(dynamodb, "c", "new")
    assert type(table["items"]) is Items
    _, page = asked(dynamodb, "_scan", {"TableName": "small"})
    assert [item["body"]["S"] for item in page["Items"] if item["id"]["S"] in ("a", "c")] == ["kept", "new"]


def test_a_copy_of_an_item_may_be_changed() -> None:
    """And the item does not change with it."""
    item = Item({"m": {"M": {"l": {"L": [{"S": "x"}]}}}})
    before = item.json
    changed = copy.deepcopy(item)
    changed["m"]["M"]["l"]["L"].append({"S": "y"})
    assert (type(changed), item.json) == (dict, before)
    assert item == {"m": {"M": {"l": {"L": [{"S": "x"}]}}}}
    table = copy.deepcopy(Items({"p": {"s": item}}))
    assert (type(table), type(table["p"]["s"]), table) == (dict, dict, {"p": {"s": item}})


def test_a_restored_copy_is_a_table_of_its_own(dynamodb: Any) -> None:
    """What a backup restores shares no item with its source."""
    put(dynamodb, "a", "before")
    arn = asked(dynamodb, "_create_backup", {"TableName": "small", "BackupName": "b"})[1]["BackupDetails"]["BackupArn"]
    put(dynamodb, "a", "after")
    restore = {"BackupArn": arn, "TargetTableName": "restored"}
    assert asked(dynamodb, "_restore_table_from_backup", restore)[0] == 200
    key = {"Key": {"id": {"S": "a"}}}
    texts = [
        asked(dynamodb, "_get_item", {"TableName": n, **key})[1]["Item"]["body"]["S"] for n in ("small", "restored")
    ]
    assert texts == ["after", "before"]


def test_half_a_pair_of_surrogates_is_no_reason_to_lose_a_table() -> None:
    """UTF-8 has no bytes for it; JSON has an escape."""
    item = Item({"body": {"S": HALF}})
    assert json.loads(item.json) == item
