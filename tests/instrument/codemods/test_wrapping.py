"""Logger, Tracer, Metrics and the layer's decorator on handlers of many shapes."""

import pytest

from shopfast_obs.instrument.interface import ModuleContext
from tests.instrument.helpers import HANDLER, check_noop, check_transformed, run

ALL = ("logger", "tracer", "metrics", "runtime")
SHARED = ModuleContext(("lambda_handler",), "observability", frozenset({"observability", "logic", "validation"}))
DECORATORS = """\
@observed
@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context
"""


def test_a_handler_alone_makes_its_own_objects() -> None:
    """Comments, docstring and imports stay where they are."""
    check_transformed(
        '''\
#!/usr/bin/env python
"""Orders."""
from __future__ import annotations

import json  # stdlib

import boto3

# the table
TABLE = boto3.resource("dynamodb")


# entry
def lambda_handler(event, context):  # noqa
    return json.dumps(event)
''',
        f'''\
#!/usr/bin/env python
"""Orders."""
from __future__ import annotations

import json  # stdlib
import os

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from shopfast_obs.runtime import observed

logger = Logger()
tracer = Tracer()
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "service_undefined"))

# the table
TABLE = boto3.resource("dynamodb")


# entry
{DECORATORS}def lambda_handler(event, context):  # noqa
    return json.dumps(event)
''',
        HANDLER,
        *ALL,
    )


def test_a_handler_with_siblings_imports_the_services_objects() -> None:
    """Beside its own modules, in their order."""
    check_transformed(
        "import json\n\nimport logic\nfrom validation import check\n\n\n"
        "def lambda_handler(event, context):\n    check(event)\n",
        "import json\n\nfrom shopfast_obs.runtime import observed\n\nimport logic\n"
        "from observability import logger, metrics, tracer\nfrom validation import check\n\n\n"
        + DECORATORS
        + "def lambda_handler(event, context):\n    check(event)\n",
        SHARED,
        *ALL,
    )


def test_what_is_there_already_is_kept_and_only_the_rest_added() -> None:
    """Under the names that the author chose, outside of the author's decorators."""
    check_transformed(
        """\
from aws_lambda_powertools import Logger as Log, Tracer

log = Log(service="orders")
trace = Tracer()


@trace.capture_lambda_handler
@authorized(role="x")
def lambda_handler(event, context):
    return log
""",
        """\
import os

from aws_lambda_powertools import Logger as Log, Metrics, Tracer
from shopfast_obs.runtime import observed

log = Log(service="orders")
trace = Tracer()
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "service_undefined"))


@observed
@metrics.log_metrics(capture_cold_start_metric=True)
@log.inject_lambda_context
@trace.capture_lambda_handler
@authorized(role="x")
def lambda_handler(event, context):
    return log
""",
        HANDLER,
        *ALL,
    )


def test_a_name_that_means_something_else_is_not_taken() -> None:
    """Anywhere in the module."""
    outcome = run("metrics = {}\n\n\ndef lambda_handler(event, context):\n    tracer = event\n    return tracer\n")
    assert "service_metrics = Metrics(" in outcome.source
    assert "@service_tracer.capture_lambda_handler" in outcome.source
    assert "metrics = {}\n" in outcome.source


def test_a_handler_that_is_a_value_gets_a_function_in_front() -> None:
    """Decorators need a name."""
    check_transformed(
        "from mangum import Mangum\n\nhandler = Mangum(app)\n",
        """\
from mangum import Mangum
from shopfast_obs.runtime import observed

_handler = Mangum(app)


@observed
def handler(event, context):
    return _handler(event, context)
""",
        ModuleContext(("handler",)),
        "runtime",
    )


@pytest.mark.parametrize(
    "source",
    [
        "async def lambda_handler(event, context):\n    return {}\n",
        "handler = Mangum(app)\nlambda_handler = handler\nprinted = lambda_handler\n",
        "class Api:\n    def lambda_handler(self, event, context):\n        return {}\n",
        "if True:\n    lambda_handler = make()\nelse:\n    def lambda_handler(event, context):\n        return {}\n",
    ],
)
def test_other_shapes_are_left_alone(source: str) -> None:
    """Rather nothing than a guess."""
    check_noop(source, HANDLER, *ALL)


def test_a_module_without_handlers_is_left_alone() -> None:
    """Helpers are not wrapped."""
    check_noop("def lambda_handler(event, context):\n    return {}\n", ModuleContext(), *ALL)


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("indent", ["\t", "  "])
def test_newlines_and_indentation_stay(newline: str, indent: str) -> None:
    """Also in the lines that are new."""
    source = f"import json\n\n\ndef lambda_handler(event, context):\n{indent}return json\n".replace("\n", newline)
    after = run(source).source
    assert after.count("\n") == after.count(newline)
    assert after.endswith(f"def lambda_handler(event, context):{newline}{indent}return json{newline}")


def test_several_handlers_share_the_objects() -> None:
    """Each is decorated."""
    after = run(
        "def create(event, context):\n    pass\n\n\ndef get(event, context):\n    pass\n",
        ModuleContext(("create", "get")),
    ).source
    assert after.count("logger = Logger()") == 1
    assert after.count(DECORATORS) == 2


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def lambda_handler(event, context:\n", "does not parse"),
        ("def lambda_handler(event, context):\n    print 'x'\n", "does not parse"),
        ("def lambda_handler(event, context):\n    await x\n", "does not parse"),
        ("from x import observed\n\n\ndef lambda_handler(event, context):\n    pass\n", "already means something else"),
    ],
)
def test_what_is_not_understood_is_skipped_with_the_reason(source: str, reason: str) -> None:
    """And stays byte for byte."""
    outcome = check_noop(source, HANDLER, "runtime")
    assert reason in outcome.skipped[0].reason


def test_what_is_added_later_stays_inside_of_the_layers_decorator() -> None:
    """It has to see what the others do."""
    check_transformed(
        """\
from aws_lambda_powertools import Tracer
from shopfast_obs.runtime import observed

tracer = Tracer()


@observed
def lambda_handler(event, context):
    return {}
""",
        """\
from aws_lambda_powertools import Tracer
from shopfast_obs.runtime import observed

tracer = Tracer()


@observed
@tracer.capture_lambda_handler(capture_response=False)
def lambda_handler(event, context):
    return {}
""",
        HANDLER,
        "tracer",
    )


def test_what_an_object_needs_is_imported_before_it() -> None:
    """People import in the middle of a file as well."""
    source = "import json\n\nTABLE = json.loads('1')\nimport os\n\n\ndef lambda_handler(event, context):\n    pass\n"
    outcome = run(source, HANDLER)
    lines = outcome.source.splitlines()
    assert lines.index("import os") < next(i for i, line in enumerate(lines) if line.startswith("metrics = "))
    late = f"import json\n\nTABLE = 1\nfrom aws_lambda_powertools import Metrics\n{source}"
    lines = run(late, HANDLER).source.splitlines()
    made = {kind: next(i for i, x in enumerate(lines) if x.startswith(f"{kind} = ")) for kind in ("metrics", "logger")}
    assert lines.index("from aws_lambda_powertools import Metrics") < made["metrics"]
    assert lines.index("from aws_lambda_powertools import Logger, Tracer") < made["logger"]
