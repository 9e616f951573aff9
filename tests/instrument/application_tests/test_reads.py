"""An event that has what a handler reads of it, as its source says."""

import ast
import base64
import json
from typing import Any

import pytest

from shopfast_obs.instrument.application_tests import reads
from shopfast_obs.instrument.application_tests.fitting import fitted, made


def read(source: str, name: str = "handler") -> reads.Read:
    """What the handler of a source reads."""
    return reads.of(ast.parse(source), name)


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ("return event['a']['b'] + event.get('c', '')", {"a": {"b": "1"}, "c": "1"}),
        ("for each in event['items']:\n  each['n']", {"items": [{"n": "1"}]}),
        ("return [each['n'] for each in event['items'] if each['m']]", {"items": [{"m": "1", "n": "1"}]}),
        ("for at, each in enumerate(event['items']):\n  each['n']", {"items": [{"n": "1"}]}),
        ("first = event['items'][0]\n return first['n']", {"items": [{"n": "1"}]}),
        ("body = json.loads(event['body'])\n return body['n']", {"body": '{"n": "1"}'}),
        ("body = json.loads(event.get('body') or '{}')\n return body.get('n')", {"body": '{"n": "1"}'}),
        ("if event['kind'] == 'create':\n  return event['n'] * 2", {"kind": "create", "n": 1}),
        ("if 'detail' in event:\n  return 1", {"detail": "1"}),
        ("return helper(event['order'], more=event)", {"order": {"id": "1"}, "name": "1"}),
        ("return datetime.strptime(event['day'], '%Y/%m/%d')", {"day": "2026/01/01"}),
        ("match event['kind']:\n  case 'x':\n   return 1", {"kind": "x"}),
        ("event = {}\n return event['own']", "1"),
        ("if (order := event.get('order')):\n  return order['id']", {"order": {"id": "1"}}),
    ],
)
def test_it_has_what_is_read(body: str, event: Any) -> None:
    """Keys, lists, JSON texts, what is handed to other functions, and constants that are compared."""
    helper = "def helper(order, more):\n return order['id'], more['name']\n"
    assert made(read(f"{helper}def handler(event, context):\n {body}\n")) == event


def test_each_side_of_a_choice_has_its_event() -> None:
    """The first constant, and the last one."""
    found = read(
        "def handler(event, context):\n if event['a'] == 'x':\n  return 1\n if event['a'] == 'y':\n  return 2\n"
    )
    assert (made(found), made(found, last=True)) == ({"a": "x"}, {"a": "y"})


def test_the_usual_event_gets_what_is_read_beside_what_it_has() -> None:
    """Within lists and texts, too; what it has stays where nothing is compared with it."""
    found = read(
        "def handler(event, context):\n"
        " for record in event['Records']:\n"
        "  order = json.loads(record['body'])\n"
        "  order['price'] * 2\n"
        "  record['eventSource']\n"
    )
    event = {"Records": [{"body": '{"id": 7}', "eventSource": "aws:sqs"}]}
    record = fitted(event, found)["Records"][0]
    assert (json.loads(record["body"]), record["eventSource"]) == ({"id": 7, "price": 1}, "aws:sqs")


def test_data_in_base64_is_made_so() -> None:
    """As a stream's records have it."""
    found = read(
        "def handler(event, context):\n"
        " data = base64.b64decode(event['data']).decode('utf-8')\n"
        " return json.loads(data)['n']\n"
    )
    assert json.loads(base64.b64decode(made(found)["data"])) == {"n": "1"}


def test_functions_that_call_each_other_are_followed_once() -> None:
    """And there may be no function of that name at all."""
    source = "def handler(event, context):\n return again(event)\ndef again(event):\n return again(event['x'])\n"
    assert made(read(source)) == {"x": "1"}
    assert not read(source, "other").parts
