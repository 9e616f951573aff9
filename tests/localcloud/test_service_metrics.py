"""What front doors and DynamoDB measure, with AWS's dimension sets."""

import json
from collections.abc import Mapping

import pytest

from shopfast_obs.localcloud import service_metrics
from shopfast_obs.localcloud.gateway.call import Call
from shopfast_obs.localcloud.ministack.asgi_app import ApiStage
from shopfast_obs.localcloud.observer import Observer
from shopfast_obs.localcloud.service_metrics import Answered

Seen = tuple[str, dict[str, str], float]
TABLE = {"TableName": "t"}


class Notebook(Observer):
    """An observer that writes down instead of storing."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    def metric(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float, unit: str) -> None:
        """One observation."""
        self.seen.append((f"{namespace} {name}", dict(dimensions), value))

    def named(self, name: str) -> list[tuple[dict[str, str], float]]:
        """The observations of one metric."""
        return [(d, v) for n, d, v in self.seen if n == name]


@pytest.fixture
def notebook() -> Notebook:
    """An empty one."""
    return Notebook()


def dynamodb(notebook: Notebook, operation: str, request: object, status: int, answer: object = None) -> None:
    """One DynamoDB request that was answered."""
    answered = Answered(status, 0.01, json.dumps(answer or {}).encode())
    service_metrics.dynamodb(notebook, operation, json.dumps(request).encode(), answered)


@pytest.mark.parametrize(
    ("operation", "event", "other"),
    [("Query", "ReadThrottleEvents", "WriteThrottleEvents"), ("PutItem", "WriteThrottleEvents", "ReadThrottleEvents")],
)
def test_throttles_are_by_table_and_by_operation(notebook: Notebook, operation: str, event: str, other: str) -> None:
    """Events have the table alone, requests table and operation: an alarm on the wrong set is dead here, too."""
    code = {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}
    dynamodb(notebook, operation, {"TableName": "t"}, 400, code)
    assert notebook.named(f"AWS/DynamoDB {event}") == [({"TableName": "t"}, 1.0)]
    requests = notebook.named("AWS/DynamoDB ThrottledRequests")
    assert requests == [({"TableName": "t", "Operation": operation}, 1.0)]
    assert not notebook.named(f"AWS/DynamoDB {other}")
    assert not notebook.named("AWS/DynamoDB UserErrors")


def test_a_throttled_read_of_an_index_is_the_indexs(notebook: Notebook) -> None:
    """An alarm on the table alone does not see it."""
    code = {"__type": "x#ProvisionedThroughputExceededException"}
    dynamodb(notebook, "Query", {"TableName": "t", "IndexName": "by-name"}, 400, code)
    found = notebook.named("AWS/DynamoDB ReadThrottleEvents")
    assert found == [({"TableName": "t", "GlobalSecondaryIndexName": "by-name"}, 1.0)]


FAILED = {"__type": "x#ConditionalCheckFailedException"}
WRITE = {"TransactItems": [{"Put": {"TableName": "t"}}]}
CANCELLED = {"__type": "x#TransactionCanceledException", "CancellationReasons": [{"Code": "TransactionConflict"}]}


@pytest.mark.parametrize(
    ("operation", "request_", "status", "answer", "metric", "dimensions"),
    [
        ("GetItem", TABLE, 400, {"__type": "x#ValidationException"}, "UserErrors", {}),
        ("TransactWriteItems", WRITE, 400, {"__type": "x#TransactionConflictException"}, "TransactionConflict", TABLE),
        ("TransactWriteItems", WRITE, 400, CANCELLED, "TransactionConflict", TABLE),
        ("PutItem", TABLE, 400, FAILED, "ConditionalCheckFailedRequests", TABLE),
        ("GetItem", TABLE, 500, None, "SystemErrors", {**TABLE, "Operation": "GetItem"}),
    ],
)  # fmt: skip
def test_each_kind_of_error_has_its_metric_and_no_other(
    notebook: Notebook, operation: str, request_: object, status: int, answer: object, metric: str, dimensions: object
) -> None:
    """A user's mistake is the account's; a conflict and a condition that failed are none; every 5xx is the system's."""
    dynamodb(notebook, operation, request_, status, answer)
    assert notebook.seen == [(f"AWS/DynamoDB {metric}", dimensions, 1.0)]


@pytest.mark.parametrize(
    ("operation", "request_", "tables"),
    [
        ("BatchGetItem", {"RequestItems": {"b": {}, "a": {}}}, ["a", "b"]),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "a"}}, {"Update": {"TableName": "a"}}]}, ["a"]),
        ("GetItem", {"TableName": "arn:aws:dynamodb:us-east-1:0:table/a"}, ["a"]),
        ("GetItem", {"TableName": 5}, []),
        ("GetItem", [], []),
        ("TransactWriteItems", {"TransactItems": [5, {"Put": 6}]}, []),
    ],
)
def test_the_tables_of_a_request(notebook: Notebook, operation: str, request_: object, tables: list[str]) -> None:
    """Batches and transactions name several; nonsense names none."""
    dynamodb(notebook, operation, request_, 200)
    found = [d["TableName"] for d, _ in notebook.named("AWS/DynamoDB SuccessfulRequestLatency")]
    assert found == tables


def test_other_operations_are_not_measured(notebook: Notebook) -> None:
    """Control-plane calls have no such metrics."""
    dynamodb(notebook, "CreateTable", {"TableName": "t"}, 200)
    assert not notebook.seen


def test_an_http_api_has_other_names(notebook: Notebook) -> None:
    """Its dimension is the id, its errors are 4xx and 5xx; without an integration there is no IntegrationLatency."""
    service_metrics.api(notebook, ApiStage("http", "id", "name", "$default"), Call(), Answered(503, 0.1, size=7))
    assert [v for _, v in notebook.named("AWS/ApiGateway DataProcessed")] == [7.0, 7.0]
    assert notebook.named("AWS/ApiGateway 5xx") == [({"ApiId": "id"}, 1.0), ({"ApiId": "id", "Stage": "$default"}, 1.0)]
    assert [v for _, v in notebook.named("AWS/ApiGateway 4xx")] == [0.0, 0.0]
    assert not notebook.named("AWS/ApiGateway IntegrationLatency")
    assert not notebook.named("AWS/ApiGateway 5XXError")
