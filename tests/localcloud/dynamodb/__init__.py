"""The data path against MiniStack's own handlers: two copies of its module, one with our parts in its places."""

import copy
import importlib.util
import json
from types import ModuleType
from typing import Any

from shopfast_obs.localcloud.ministack.dynamodb import installation

TABLE: dict[str, Any] = {
    "TableName": "things",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "kind", "AttributeType": "S"},
        {"AttributeName": "price", "AttributeType": "N"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-kind",
            "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}, {"AttributeName": "price", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
        }
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by-price",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "price", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}
SMALL: dict[str, Any] = {
    "TableName": "small",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def module(name: str, joined: bool) -> ModuleType:
    """A copy of MiniStack's module with both tables, with our data path or without."""
    found = importlib.util.find_spec("ministack.services.dynamodb")
    assert found is not None and found.origin is not None
    spec = importlib.util.spec_from_file_location(name, found.origin)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    if joined:
        installation.join(made)
    emptied(made)
    return made


def emptied(made: Any) -> None:
    """Both tables, with nothing in them."""
    made.reset()
    for table in (TABLE, SMALL):
        assert made._create_table(copy.deepcopy(table))[0] == 200


def asked(made: Any, operation: str, data: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and document of one request; the caller's data stay as they are."""
    status, _, body = getattr(made, operation)(copy.deepcopy(data))
    return status, json.loads(body)
