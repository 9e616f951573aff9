"""The source of a function, to the calls that it makes."""

from pathlib import Path

import pytest

from shopfast_obs.model.sources import UNREAD
from shopfast_obs.parse.python.aws_calls import Modules, source

STARTER = Path(__file__).parents[3] / "starter" / "services"


def test_clients_have_the_timeouts_that_the_source_gives_them() -> None:
    """Inline, through a constant, and left to the SDK; `max_attempts` counts retries."""
    text = """
import boto3
from botocore.config import Config
WAIT = 5
QUICK = Config(connect_timeout=1, read_timeout=WAIT, retries={"max_attempts": 1})
plain = boto3.client("sns")
quick = boto3.resource("dynamodb", config=QUICK)
session = boto3.Session()
def handler(event, context):
    return session.client("sqs", config=Config(retries={"total_max_attempts": 1}))
"""
    plain, quick, inner = source({"app.py": text}).clients
    assert (plain.service, plain.read, plain.attempts, plain.in_function) == ("sns", None, None, False)
    assert (quick.connect, quick.read, quick.attempts) == (1, 5, 2)
    assert (inner.service, inner.attempts, inner.in_function, inner.place) == ("sqs", 1, True, "app.py:10")


def test_the_mode_of_the_retries_is_read_where_it_is_written() -> None:
    """What a variable holds is not guessed."""
    text = """
standard = boto3.client("sqs", config=Config(retries={"mode": "standard"}))
given = boto3.client("sqs", config=Config(retries={"max_attempts": int(os.environ["TRIES"])}))
plain = boto3.client("sqs", config=Config(read_timeout=2))
"""
    found = source({"app.py": text}).clients
    assert [(client.mode, client.attempts) for client in found] == [("standard", None), (UNREAD, None), ("", None)]


def test_imports_are_told_by_their_full_names() -> None:
    """Without the standard library."""
    text = """
import json, boto3
from aws_lambda_powertools import Logger, Tracer
from os import path
from . import store
def handler(event, context):
    import aws_xray_sdk.core
"""
    assert source({"app.py": text}).imports == (
        "aws_lambda_powertools.Logger",
        "aws_lambda_powertools.Tracer",
        "aws_xray_sdk.core",
        "boto3",
    )


def test_a_client_that_is_kept_is_not_made_anew() -> None:
    """A cached function makes it once; what a variable holds is not guessed."""
    text = """
@functools.cache
def client():
    return boto3.client("s3", config=settings.aws)
"""
    (client,) = source({"app.py": text}).clients
    assert (client.in_function, client.variable) == (False, "config")


@pytest.mark.parametrize(
    "text",
    [
        "_made = None\ndef client():\n    global _made\n    if _made is None:\n        _made = boto3.client('s3')\n",
        "_table = None\ndef table():\n    global _table\n    if _table is None:\n"
        "        made = boto3.resource('dynamodb')\n        _table = made.Table('t')\n    return _table\n",
        "async def save():\n    async with session.resource('dynamodb') as made:\n        await made.Table('t')\n",
        "made = {}\ndef client(name):\n    made[name] = boto3.client('s3')\n    return made[name]\n",
        "class Store:\n    def __init__(self):\n        self.s3 = boto3.client('s3')\nSTORE = Store()\n",
        "class Store:\n    def __init__(self):\n        self.s3 = _make()\n"
        "def _make():\n    return boto3.client('s3')\nSTORE = Store()\n",
        "def make():\n    return boto3.client('s3')\nS3 = make()\n",
    ],
)
def test_a_client_that_the_next_request_finds_is_not_made_anew(text: str) -> None:
    """In a global name or entry, or by what runs at import only."""
    handler = "def handler(event, context):\n    return 1\n"
    assert [client.in_function for client in source({"app.py": text + handler}).clients] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "def handler(event, context):\n    c = event['keys']\n    boto3.client('s3', aws_access_key_id=c['id'])\n",
        "def run(region):\n    return boto3.client('ec2', region_name=region)\n",
        "def handler(event, context):\n    host = event['requestContext']['domainName']\n    url = f'https://{host}'\n"
        "    boto3.client('apigatewaymanagementapi', endpoint_url=url)\n",
        "def handler(event, context):\n    session = assumed(event['account'])\n    session.client('s3')\n",
    ],
)
def test_a_client_of_what_the_request_brings_cannot_be_made_before(text: str) -> None:
    """Credentials, a region, an address, a session."""
    assert [client.in_function for client in source({"app.py": text}).clients] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "class Store:\n    def __init__(self):\n        self.s3 = boto3.client('s3')\n"
        "def handler(event, context):\n    return Store()\n",
        "def make():\n    return boto3.client('s3')\nMADE = make()\ndef handler(event, context):\n    return make()\n",
        "def outer():\n    def handler(event, context):\n        return boto3.client('s3')\n    return handler\n"
        "handler = outer()\n",
        "def handler(event, context):\n    region = os.environ['AWS_REGION']\n"
        "    return boto3.client('s3', region_name=region)\n",
        "def handler(event, context):\n    session = boto3.Session()\n    return session.client('s3')\n",
    ],
)
def test_a_client_of_every_request_is_made_anew(text: str) -> None:
    """Also where it is made at import as well, or in an inner function, or of constants."""
    assert [client.in_function for client in source({"app.py": text}).clients][-1] is True


def test_a_timeout_that_only_the_environment_knows_is_left_open() -> None:
    """It is not botocore's default."""
    text = "client = boto3.client('lambda', config=Config(read_timeout=int(os.environ['WAIT'])))\n"
    (client,) = source({"app.py": text}).clients
    assert (client.read, client.variable) == (None, "read_timeout")


def test_what_a_call_reads_from_the_environment_is_known_by_the_variable() -> None:
    """In each of the ways in which Python reads it; `service_name` names the service."""
    text = """
import boto3, os
STOCK = os.environ.get("STOCK", "")
client = boto3.client(service_name="lambda")
def handler(event, context):
    client.invoke(FunctionName=STOCK, Payload=b"")
    client.invoke(FunctionName=os.environ["ORDERS"])
    client.invoke(FunctionName=os.getenv("MAIL"))
    client.invoke(FunctionName=event["name"])
"""
    found = source({"app.py": text})
    assert [dict(call.variables).get("FunctionName") for call in found.calls] == ["STOCK", "ORDERS", "MAIL", None]
    assert found.clients[0].service == "lambda"


def test_events_have_every_type_that_the_source_may_give_them() -> None:
    """Constants of other modules, the entries of a table, and what a helper is called with."""
    files = {
        "bus.py": 'SOURCE = "shop"\ndef put(kind, order):\n    entry = {"Source": SOURCE, "DetailType": kind}\n'
        "    events.put_events(Entries=[entry])\n",
        "app.py": 'KINDS = {"a": "order.created", "b": "order.sent"}\ndef run(o):\n    bus.put(KINDS[o.x], o)\n',
    }
    found = {dict(call.literals)["DetailType"] for call in source(files).of("put_events")}
    assert found == {"order.created", "order.sent"}


def test_what_is_not_known_is_left_out() -> None:
    """An environment variable, a parameter that nobody here gives."""
    text = 'def put(kind):\n    events.put_events(Entries=[{"Source": os.environ["S"], "DetailType": kind}])\n'
    (call,) = source({"app.py": text}).of("put_events")
    assert call.literals == ()
    assert {"Source", "DetailType"} <= call.names


def test_loops_and_dumps_of_the_event_are_seen() -> None:
    """A call in each round; the whole event in a log line."""
    text = """
def handler(event, context):
    print(json.dumps(event))
    logger.info(f"got {event}")
    print(event["path"])
    for item in event["items"]:
        table.get_item(Key=item)
    table.scan()
"""
    found = source({"app.py": text})
    assert found.dumps == ("app.py:3", "app.py:4")
    assert [(call.operation, call.in_loop) for call in found.calls] == [("scan", False), ("get_item", True)]


def test_a_file_that_does_not_parse_is_a_problem_and_the_others_are_read() -> None:
    """Never a traceback."""
    found = source({"bad.py": "def (", "good.py": "table.scan()"})
    assert found.problems[0].startswith("bad.py does not parse")
    assert len(found.calls) == 1


def test_the_starters_services_are_understood() -> None:
    """The order service's client for direct calls has its own timeouts; its events are known by type."""
    folder = STARTER / "order-service"
    found = source({path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))})
    functions = next(client for client in found.clients if client.service == "lambda")
    assert (functions.connect, functions.read, functions.attempts) == (2, 10, 1)
    assert {dict(call.literals).get("Source") for call in found.of("put_events")} == {"shopfast.order-service"}


def test_coroutine_functions_are_known_under_all_their_names() -> None:
    """With the module that binds the name, and the place of the function; what may be bound otherwise is left out."""
    found = source({
        "web/app.py": "from .core import work as main\nif X:\n    y = 1\nasync def y(): ...\n",
        "web/core.py": "@log_metrics\nasync def work(): ...\nrun = work\n@cached\nasync def other(): ...\nq.work = 1\n",
    })  # fmt: skip
    assert [(c.module, c.name, c.place) for c in found.coroutines] == [
        ("web/app.py", "main", "web/core.py:2"),
        ("web/core.py", "work", "web/core.py:2"),
        ("web/core.py", "run", "web/core.py:2"),
    ]
    assert found.modules == ("web/app.py", "web/core.py")


def test_what_a_handler_does_not_reach_is_no_problem_of_its() -> None:
    """Of two handlers in one folder each has its own; a module that could not be read is nobody's clear."""
    modules = Modules({"a.py": "import c\ndef h(e, x): ...", "c.py": ""}, {"b.py": "it has more than 1 MB"})
    one, other = modules.reached("a.h"), modules.reached("b.h")
    assert one is not None
    assert other is not None
    assert (one.problems, one.unread) == ((), False)
    assert (other.problems, other.unread) == (("b.py: it has more than 1 MB",), True)
    again = modules.reached("a.h")
    assert again is not None
    assert again.problems == ()
