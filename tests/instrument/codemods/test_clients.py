"""Clients that move out of a handler, and the many that must not."""

from pathlib import Path

import pytest

from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected
from tests.instrument.helpers import HANDLER, check_noop, check_transformed

HEAD = "import os\n\nimport boto3\n\nREGION = 'eu-west-1'\n\n\n"
DEF = "def lambda_handler(event, context):\n"
USE = "    return s3.list_buckets()\n"
MADE = "    s3 = boto3.client('s3')\n"

STAYS = {
    "a region of the request": (DEF + "    s3 = boto3.client('s3', region_name=event['region'])\n" + USE, "request"),
    "a variable read in the request": (DEF + "    s3 = boto3.client('s3', verify=os.environ['R'])\n" + USE, "request"),
    "keywords of the request": (DEF + "    s3 = boto3.client('s3', **event['options'])\n" + USE, "request"),
    "a name that is bound twice": (DEF + "    s3 = boto3.client('s3', region_name=WHERE)\n" + USE, "request"),
    "a call for a configuration": (DEF + "    s3 = boto3.client('s3', config=Config())\n" + USE, "request"),
    "a condition": (DEF + "    if event:\n    " + MADE + USE, "condition"),
    "a loop": (DEF + "    for _ in event:\n    " + MADE + USE, "condition"),
    "a try": (DEF + "    try:\n    " + MADE + "    except Exception:\n        raise\n" + USE, "condition"),
    "a with": (DEF + "    with lock:\n    " + MADE + USE, "condition"),
    "a function inside": (DEF + "    def make():\n    " + MADE + "    return make()\n", "function inside"),
    "a second binding": (DEF + MADE + "    s3 = wrap(s3)\n" + USE, "more than once"),
    "a parameter of its name": ("def lambda_handler(event, s3):\n" + MADE + USE, "more than once"),
    "a loop variable of its name": (DEF + MADE + "    for s3 in event: pass\n" + USE, "more than once"),
    "a global": (DEF + "    global s3\n" + MADE + USE, "more than once"),
    "another global": ("def reset():\n    global s3\n    s3 = None\n\n\n" + DEF + MADE + USE, "of its name"),
    "a name of the module": ("s3 = None\n\n\n" + DEF + MADE + USE, "of its name"),
    "a function of its name": ("def s3(): ...\n\n\n" + DEF + MADE + USE, "of its name"),
    "an import of its name": ("import s3\n\n\n" + DEF + MADE + USE, "of its name"),
    "nothing else to do": (DEF + MADE, "nothing else"),
    "one line for two": (DEF + "    s3 = boto3.client('s3'); x = 1\n" + USE, "shares its line"),
    "a session of its own": ("boto3.setup_default_session(profile_name='x')\n\n\n" + DEF + MADE + USE, "session"),
    "a replaced factory": ("boto3.client = traced(boto3.client)\n\n\n" + DEF + MADE + USE, "session"),
    "an environment that it sets": (DEF + "    os.environ['AWS_REGION'] = 'x'\n" + MADE + USE, "environment"),
    "another boto3": ("boto3 = fake\n\n\n" + DEF + MADE + USE, "something else"),
    "boto3 as a parameter": ("def f(boto3): ...\n\n\n" + DEF + MADE + USE, "something else"),
}  # fmt: skip


@pytest.mark.parametrize("case", STAYS)
def test_a_client_stays_where_making_it_once_may_be_another_thing(case: str) -> None:
    """And the reason is said, without calling the file incomplete."""
    source, said = STAYS[case]
    source = HEAD + source.replace("WHERE", "REGION" if case != "a name that is bound twice" else "TWICE")
    outcome = check_noop(source, HANDLER, "clients")
    assert outcome.skipped == ()
    assert [said in note.reason for note in outcome.notes] == [True], outcome.notes


@pytest.mark.parametrize(
    "source",
    [
        f"import boto3\n\n\n{DEF}    s3 = boto3.Session().client('s3')\n{USE}",
        f"import boto3\n\n\n{DEF}    q = boto3.resource('sqs').get_queue_by_name(QueueName='x')\n    return q\n",
        f"import boto3\n\n\n{DEF}    return boto3.client('s3').list_buckets()\n",
        f"import boto3\n\n\n{DEF}    s3 = other = boto3.client('s3')\n{USE}",
        f"from boto3 import client\n\n\n{DEF}    s3 = client('s3')\n{USE}",
        f"import boto3\n\n\ndef fetch():\n{MADE}{USE}\n\n{DEF}    return fetch()\n",
        f"import boto3\n\n\nclass A:\n    def lambda_handler(self, event, context):\n    {MADE}    {USE}",
    ],
)
def test_what_is_no_client_of_the_handler_is_not_spoken_of(source: str) -> None:
    """Sessions, calls that ask AWS, helpers."""
    assert check_noop(source, HANDLER, "clients").notes == ()


def test_an_import_in_the_handler_keeps_its_client_there() -> None:
    """The module does not know boto3."""
    source = DEF + "    import boto3\n" + MADE + USE
    assert "something else" in check_noop(source, HANDLER, "clients").notes[0].reason


def test_a_client_of_two_handlers_is_made_once() -> None:
    """The same statement, whoever comes first; another one of its name stays with its handler."""
    both = ModuleContext(handlers=("one", "two", "three"))
    bodies = {"one": MADE, "two": MADE, "three": "    s3 = boto3.resource('s3')\n"}
    source = "import boto3\n" + "".join(f"\n\ndef {n}(event, context):\n{made}{USE}" for n, made in bodies.items())
    expected = "import boto3\n\ns3 = boto3.client('s3')\n" + "".join(
        f"\n\ndef {n}(event, context):\n{made if n == 'three' else ''}{USE}" for n, made in bodies.items()
    )
    check_transformed(source, expected, both, "clients")


def test_a_helper_s_parameter_of_that_name_is_its_own() -> None:
    """Blank lines and comments go where they belong, between functions too; tabs stay tabs."""
    keep = "import boto3\n\n\ndef keep(s3, body):\n\ts3.put(body)\n\n\n"
    entry = '# the entry\n@deco\ndef lambda_handler(event, context):\n\t"""Doc."""\n'
    made = '# big files\ns3 = boto3.client(\n\t"s3",\n)  # once\n\n'
    source = f"{keep}{entry}\t{made.rstrip().replace(chr(10), chr(10) + chr(9))}\n\n\tkeep(s3, event)\n"
    expected = f"{keep}{made}\n{entry}\n\tkeep(s3, event)\n"
    check_transformed(source, expected, HANDLER, "clients")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("tests/unit/test_it.py", "from app import x\n@patch('app.boto3.client')\n", "test_it.py replaces boto3"),
        ("conftest.py", "from moto import mock_aws\n", "conftest.py replaces boto3"),
        ("tests/conftest.py", "import boto3\n", "conftest.py works on boto3 itself"),
        ("support/base.py", "from moto import mock_aws\n\n\nclass Base(TestCase): ...\n", "base.py replaces boto3"),
        ("src/app_test.py", "import botocore\n", "app_test.py works on boto3"),
        ("src/spec/orders_spec.py", "import boto3\n", "orders_spec.py works on boto3"),
        ("features/steps/orders.py", "import boto3\n", "orders.py works on boto3"),
        ("plugin.py", "from botocore.stub import Stubber\n", "plugin.py replaces boto3"),
        ("requirements-dev.txt", "pytest\nmoto[all]==5\n", "requirements-dev.txt replaces boto3"),
        ("tests/test_it.py", "import placebo\n", "test_it.py replaces boto3"),
        ("tests/test_it.py", "from other import y\n", ""),
        ("src/other.py", "import boto3\n", ""),
    ],
)
def test_whatever_stands_in_for_boto3_keeps_clients_where_they_are(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    """A client made before a mock comes would ask AWS itself; tests of other things are no reason."""
    (tmp_path / "pyproject.toml").touch()
    app, other = tmp_path / "src/app.py", tmp_path / name
    for path in (app, other):
        path.parent.mkdir(parents=True, exist_ok=True)
    app.write_text("import boto3\n\n\n" + DEF + MADE + USE)
    other.write_text(text)
    (found,) = for_paths([app], tmp_path, selected(("clients",))).files
    assert found.status == ("unchanged" if reason else "changed")
    assert reason in found.reason
