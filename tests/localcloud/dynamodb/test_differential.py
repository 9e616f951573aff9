"""Whatever is asked of a table, our data path and MiniStack's handlers answer the same and leave the same."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.localcloud.dynamodb import asked, emptied, module

Request = tuple[str, dict[str, Any]]
NAMES = st.sampled_from(["a", "b", "note", "kind", "price", "m"])
NUMBERS = st.sampled_from(["0", "1", "-1", "2.50", "1E+5", "0.1", "12345678901234567890123456789012345678", "1e126"])
TEXTS = st.sampled_from(["", "x", "yy", "ü\u20ac", "a b", "é" * 40])
SCALARS = st.one_of(
    TEXTS.map(lambda text: {"S": text}),
    NUMBERS.map(lambda number: {"N": number}),
    st.sampled_from(["", "AAE=", "/w=="]).map(lambda data: {"B": data}),
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
    st.lists(st.sampled_from(["x", "yy", "z"]), max_size=3).map(lambda texts: {"SS": texts}),
    st.lists(st.sampled_from(["1", "2", "1.0"]), max_size=3).map(lambda numbers: {"NS": numbers}),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: {"L": values}),
        st.dictionaries(NAMES, inner, max_size=3).map(lambda values: {"M": values}),
    ),
    max_leaves=4,
)
KEYS = st.fixed_dictionaries(
    {"pk": st.sampled_from([{"S": "p"}, {"S": "q"}, {"S": "ü"}]), "sk": st.sampled_from([{"N": "1"}, {"N": "2"}])}
)
INDEXED = st.fixed_dictionaries(
    {}, optional={"kind": st.sampled_from([{"S": "k"}, {"S": "l"}]), "price": NUMBERS.map(lambda number: {"N": number})}
)
ITEMS = st.builds(
    lambda key, indexed, rest: key | {name: value for name, value in rest.items() if name not in indexed} | indexed,
    KEYS,
    INDEXED,
    st.dictionaries(st.sampled_from(["a", "b", "note", "m"]), VALUES, max_size=3),
)
CONDITIONS = st.sampled_from(
    [
        "attribute_exists(a)",
        "attribute_not_exists(pk)",
        "a = :v",
        "#n > :v AND NOT contains(note, :v)",
        "size(a) >= :v OR begins_with(a, :v)",
        "a BETWEEN :v AND :w",
        "a BETWEEN :w AND :v",
        "a IN (:v, :w)",
        "m.a = :v",
        "attribute_type(a, :v)",
        "contains(a, a)",
        "((a = :v))",
        "name = :v",
        "a ==",
        "",
    ]
)
UPDATES = st.sampled_from(
    [
        "SET a = :v",
        "SET a = if_not_exists(a, :v) REMOVE b",
        "SET a = a + :v",
        "SET m.a = :v",
        "SET a = list_append(a, :w)",
        "ADD a :v",
        "DELETE a :v",
        "REMOVE a, m.a",
        "SET pk = :v",
        "SET price = :v, kind = :w",
        "SET #n = :v",
        "PUT a :v",
    ]
)


def expressed(field: str, expressions: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """An expression with the names and values that it uses."""

    def made(expression: str, values: list[Any]) -> dict[str, Any]:
        given_values = dict(zip((":v", ":w"), values, strict=True))
        used = {name: value for name, value in given_values.items() if name in expression}
        names = {"#n": "a"} if "#n" in expression else {}
        data: dict[str, Any] = {field: expression}
        return (
            data
            | ({"ExpressionAttributeValues": used} if used else {})
            | ({"ExpressionAttributeNames": names} if names else {})
        )

    return st.builds(made, expressions, st.lists(SCALARS, min_size=2, max_size=2))


MAYBE_CONDITION = st.one_of(st.just({}), expressed("ConditionExpression", CONDITIONS))
MAYBE_FILTER = st.one_of(st.just({}), st.just({}), expressed("FilterExpression", CONDITIONS))
OLD = st.sampled_from([{}, {"ReturnValues": "ALL_OLD"}, {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}])
NEW = st.sampled_from([{}, {"ReturnValues": "ALL_NEW"}, {"ReturnValues": "UPDATED_NEW"}, {"ReturnValues": "NOTHING"}])
PAGES = st.fixed_dictionaries(
    {},
    optional={
        "Limit": st.sampled_from([1, 2, 3, 0]),
        "ExclusiveStartKey": KEYS,
        "ConsistentRead": st.booleans(),
        "Select": st.sampled_from(["COUNT", "ALL_ATTRIBUTES", "SOMETHING"]),
    },
)
PROJECTIONS = st.sampled_from([{}, {}, {"ProjectionExpression": "pk, m.a"}, {"AttributesToGet": ["a"]}])
NAMED = {"TableName": "things"}
KEY_CONDITIONS = expressed("KeyConditionExpression", st.sampled_from(["pk = :v", "pk = :v AND sk > :w", "sk = :v"]))
BY_KIND = expressed("KeyConditionExpression", st.sampled_from(["kind = :v", "kind = :v AND price < :w"]))


def request(operation: str, *parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Request]:
    """A request to the table, of these parts."""

    def made(*found: dict[str, Any]) -> Request:
        data: dict[str, Any] = dict(NAMED)
        for part in found:
            for name, value in part.items():
                data[name] = data[name] | value if isinstance(data.get(name), dict) else value
        return operation, data

    return st.builds(made, *parts)


REQUESTS = st.one_of(
    request("_put_item", ITEMS.map(lambda item: {"Item": item}), MAYBE_CONDITION, OLD),
    request("_put_item", ITEMS.map(lambda item: {"Item": item})),
    request("_delete_item", KEYS.map(lambda key: {"Key": key}), MAYBE_CONDITION, OLD),
    request(
        "_update_item", KEYS.map(lambda key: {"Key": key}), expressed("UpdateExpression", UPDATES), MAYBE_CONDITION, NEW
    ),
    request("_get_item", KEYS.map(lambda key: {"Key": key}), PROJECTIONS),
    request("_scan", PAGES, MAYBE_FILTER, PROJECTIONS),
    request("_scan", PAGES, st.sampled_from([{"IndexName": "by-kind"}, {"Segment": 1, "TotalSegments": 2}])),
    request("_query", KEY_CONDITIONS, PAGES, MAYBE_FILTER, PROJECTIONS),
    request("_query", BY_KIND, PAGES, st.just({"IndexName": "by-kind"})),
    st.lists(ITEMS, min_size=1, max_size=3).map(
        lambda items: (
            "_batch_write_item",
            {"RequestItems": {"things": [{"PutRequest": {"Item": item}} for item in items]}},
        )
    ),
    st.lists(KEYS, min_size=1, max_size=2).map(
        lambda keys: ("_batch_get_item", {"RequestItems": {"things": {"Keys": keys}}})
    ),
    st.builds(
        lambda item, key, condition: (
            "_transact_write_items",
            {
                "TransactItems": [
                    {"Put": NAMED | {"Item": item}},
                    {"Update": NAMED | {"Key": key, "UpdateExpression": "REMOVE note"} | condition},
                ]
            },
        ),
        ITEMS,
        KEYS,
        MAYBE_CONDITION,
    ),
    KEYS.map(lambda key: ("_transact_get_items", {"TransactItems": [{"Get": NAMED | {"Key": key}}]})),
    st.just(("_execute_statement", {"Statement": 'SELECT * FROM "things"'})),
)


@pytest.fixture(scope="module")
def both() -> tuple[Any, Any]:
    """MiniStack's module as it is, and one with our data path."""
    return module("stock_dynamodb", joined=False), module("joined_dynamodb", joined=True)


@settings(max_examples=120)
@given(requests=st.lists(REQUESTS, min_size=1, max_size=14))
def test_every_answer_and_every_item_is_the_same(both: tuple[Any, Any], requests: list[Request]) -> None:
    """Answers, errors, items, counts and stream records of any sequence of requests."""
    for made in both:
        emptied(made)
    for operation, data in requests:
        wanted, found = (asked(made, operation, data) for made in both)
        assert found == wanted, (operation, data)
        whole, also = (asked(made, "_scan", NAMED) for made in both)  # which ours answers from the order that it keeps
        assert also == whole, (operation, data)
    assert _left(both[1]) == _left(both[0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"Key": {"pk": {"S": "p"}}},
        {"Key": {"pk": {"S": "p"}, "sk": {"N": "1"}, "a": {"S": "x"}}},
        {"Key": {"pk": {"N": "1"}, "sk": {"N": "1"}}},
        {"Key": {"pk": {"S": ""}, "sk": {"N": "1"}}},
        {"Key": {"pk": {"S": "p"}, "sk": {"N": "1.0"}}},
        {"Key": {"pk": {"S": "p"}, "sk": {"N": "one"}}},
        {"Key": {"pk": {"S": "p", "N": "1"}, "sk": {"N": "1"}}},
        {"Key": {"pk": {"S": "p" * 2049}, "sk": {"N": "1"}}},
        {"Key": {}},
        {"TableName": "nothing"},
        {"TableName": "arn:aws:dynamodb:us-east-1:000000000000:table/things"},
        {"ConsistentRead": "true"},
        {"ConsistentRead": True},
        {"ReturnConsumedCapacity": "ALL"},
        {"ProjectionExpression": "note, note"},
    ],
)
def test_a_get_item_that_is_wrong_is_refused_in_the_same_words(both: tuple[Any, Any], wrong: dict[str, Any]) -> None:
    """And one that is unusual is answered alike."""
    key = {"pk": {"S": "p"}, "sk": {"N": "1"}}
    for made in both:
        emptied(made)
        asked(made, "_put_item", NAMED | {"Item": key | {"note": {"S": "x"}}})
    wanted, found = (asked(made, "_get_item", NAMED | {"Key": key} | wrong) for made in both)
    assert found == wanted


def _left(made: Any) -> Any:
    table = made._tables["things"]
    records = [
        (record["eventName"], {k: v for k, v in record["dynamodb"].items() if k in ("Keys", "OldImage", "NewImage")})
        for record in made.stream_live_records("things")
    ]
    return json.loads(json.dumps({"items": table["items"], "count": table["ItemCount"], "records": records}))
