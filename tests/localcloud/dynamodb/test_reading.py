"""Pages and consumed capacity, by the rules of the DynamoDB developer guide."""

from typing import Any

import pytest

from tests.localcloud.dynamodb import asked, emptied, module

KILOBYTE = 1_024
TOTAL = {"ReturnConsumedCapacity": "TOTAL"}


@pytest.fixture(scope="module")
def joined() -> Any:
    """MiniStack's module with our data path."""
    return module("reading_dynamodb", joined=True)


@pytest.fixture
def dynamodb(joined: Any) -> Any:
    """The same, empty."""
    emptied(joined)
    return joined


def filled(dynamodb: Any, count: int, size: int) -> None:
    """Items of `size` bytes each, half of them even."""
    for number in range(count):
        item = {"id": {"S": f"i{number:04}"}, "even": {"BOOL": number % 2 == 0}}
        item["body"] = {"S": "x" * (size - len("id" + "i0000" + "even" + "body") - 1)}
        assert asked(dynamodb, "_put_item", {"TableName": "small", "Item": item})[0] == 200


def scan(dynamodb: Any, **more: Any) -> dict[str, Any]:
    """One page of a Scan."""
    status, page = asked(dynamodb, "_scan", {"TableName": "small", **more})
    assert status == 200
    return page


def units(page: dict[str, Any]) -> float:
    """Its consumed capacity."""
    return float(page["ConsumedCapacity"]["CapacityUnits"])


def test_a_page_ends_at_one_megabyte_of_what_is_read(dynamodb: Any) -> None:
    """Two items of 400 KB fit in 1 MB, a third does not; a filter leaves the page as it is."""
    filled(dynamodb, 5, 400 * KILOBYTE)
    everything = {"FilterExpression": "attribute_exists(id)"}
    for more in ({}, everything):
        first = scan(dynamodb, **more)
        assert (first["Count"], first["LastEvaluatedKey"]) == (2, {"id": {"S": "i0001"}})
    nothing = {"FilterExpression": "even = :e", "ExpressionAttributeValues": {":e": {"S": "no"}}}
    page = scan(dynamodb, **nothing)
    assert (page["Count"], page["ScannedCount"], page["LastEvaluatedKey"]) == (0, 2, {"id": {"S": "i0001"}})


def test_pages_join_to_the_whole_table(dynamodb: Any) -> None:
    """Each item once, whatever comes and goes between the pages."""
    filled(dynamodb, 30, 100 * KILOBYTE)
    seen: list[str] = []
    start: dict[str, Any] = {}
    while True:
        page = scan(dynamodb, **start)
        seen += [item["id"]["S"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        asked(dynamodb, "_delete_item", {"TableName": "small", "Key": page["LastEvaluatedKey"]})
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert seen == [f"i{number:04}" for number in range(30)]
    assert scan(dynamodb)["Items"][-1]["id"] == {"S": "i0010"}  # two of the first eleven are deleted


def test_limit_counts_what_is_read(dynamodb: Any) -> None:
    """The limit stands before the filter, and a page that it ends has a key."""
    filled(dynamodb, 5, KILOBYTE)
    odd = {"FilterExpression": "even = :e", "ExpressionAttributeValues": {":e": {"BOOL": False}}}
    page = scan(dynamodb, Limit=3, **odd)
    assert (page["Count"], page["ScannedCount"], page["LastEvaluatedKey"]) == (1, 3, {"id": {"S": "i0002"}})
    assert "LastEvaluatedKey" in scan(dynamodb, Limit=5)
    assert "LastEvaluatedKey" not in scan(dynamodb, Limit=6)


def test_segments_of_a_parallel_scan_are_the_table(dynamodb: Any) -> None:
    """Each item is in one segment."""
    filled(dynamodb, 40, 100)
    parts = [scan(dynamodb, Segment=number, TotalSegments=3)["Items"] for number in range(3)]
    assert all(parts)
    assert sorted(item["id"]["S"] for part in parts for item in part) == [f"i{number:04}" for number in range(40)]


@pytest.mark.parametrize(("consistent", "wanted"), [(False, 128.0), (True, 256.0)])
def test_a_scan_costs_the_bytes_of_its_page(dynamodb: Any, consistent: bool, wanted: float) -> None:
    """1,048,576 bytes are 256 units of 4 KB, and half of that eventually consistent; the filter saves nothing."""
    filled(dynamodb, 16, 64 * KILOBYTE)
    assert units(scan(dynamodb, ConsistentRead=consistent, **TOTAL)) == wanted
    nobody = {"FilterExpression": "even = :e", "ExpressionAttributeValues": {":e": {"S": "no"}}}
    assert units(scan(dynamodb, ConsistentRead=consistent, **nobody, **TOTAL)) == wanted


def test_small_items_are_charged_together(dynamodb: Any) -> None:
    """Nine items of 1 KB are three units of 4 KB, not nine; an empty page costs half a unit."""
    filled(dynamodb, 9, KILOBYTE)
    assert units(scan(dynamodb, **TOTAL)) == 1.5
    assert units(scan(dynamodb, ExclusiveStartKey={"id": {"S": "z"}}, **TOTAL)) == 0.5


def test_an_item_is_charged_whole(dynamodb: Any) -> None:
    """9 KB are three units of 4 KB, whatever is shown of it; an item that is not there costs one."""
    filled(dynamodb, 1, 9 * KILOBYTE)
    get: dict[str, Any] = {"TableName": "small", "Key": {"id": {"S": "i0000"}}, **TOTAL}
    shown = {"ProjectionExpression": "id"}
    costs = [units(asked(dynamodb, "_get_item", get | more)[1]) for more in ({}, shown, {"ConsistentRead": True})]
    assert costs == [1.5, 1.5, 3.0]
    assert units(asked(dynamodb, "_get_item", get | {"Key": {"id": {"S": "z"}}})[1]) == 0.5


def test_an_index_is_charged_for_what_it_projects(dynamodb: Any) -> None:
    """The index holds the keys and a note; the attribute of 100 KB is not in it."""
    item = {"pk": {"S": "p"}, "sk": {"N": "1"}, "kind": {"S": "k"}, "price": {"N": "1"}}
    item["a"] = {"S": "x" * 100 * KILOBYTE}
    asked(dynamodb, "_put_item", {"TableName": "things", "Item": item})
    query = {"TableName": "things", "KeyConditionExpression": "kind = :k", "IndexName": "by-kind"}
    query |= {"ExpressionAttributeValues": {":k": {"S": "k"}}, "ReturnConsumedCapacity": "INDEXES"}
    _, page = asked(dynamodb, "_query", query)
    assert (page["Count"], "a" in page["Items"][0]) == (1, False)
    capacity = page["ConsumedCapacity"]
    assert (capacity["CapacityUnits"], capacity["Table"]["CapacityUnits"]) == (0.5, 0.0)
    assert capacity["GlobalSecondaryIndexes"] == {"by-kind": {"CapacityUnits": 0.5}}


def test_what_is_replaced_is_read_anew(dynamodb: Any) -> None:
    """No answer shows an item as it was before a write."""
    filled(dynamodb, 3, KILOBYTE)
    scan(dynamodb)
    key = {"id": {"S": "i0001"}}
    change = {"UpdateExpression": "SET body = :t", "ExpressionAttributeValues": {":t": {"S": "new"}}}
    assert asked(dynamodb, "_update_item", {"TableName": "small", "Key": key, **change})[0] == 200
    wanted = key | {"even": {"BOOL": False}, "body": {"S": "new"}}
    assert scan(dynamodb)["Items"][1] == wanted
    assert asked(dynamodb, "_get_item", {"TableName": "small", "Key": key})[1] == {"Item": wanted}
    assert units(asked(dynamodb, "_get_item", {"TableName": "small", "Key": key, **TOTAL})[1]) == 0.5
