"""The standard library's logger gives way to the structured one."""

from dataclasses import replace

import pytest

from shopfast_obs.instrument.interface import ModuleContext
from tests.instrument.helpers import HANDLER, MODULE, check_noop, check_transformed, run

INFO = "log = logging.getLogger(__name__)\nlog.setLevel(logging.INFO)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('log.info("stored %s", order)', 'log.info("stored", order=order)'),
        ('log.info(f"stored {order}")', 'log.info("stored", order=order)'),
        ('log.info("Event: %s", order)', 'log.info("Event:", order=order)'),
        ('log.error("bad %s", make(order))', 'log.error("bad", make=make(order))'),
        ('log.error("bad", exc_info=True)', 'log.error("bad", exc_info=True)'),
        ('log.error("bad %s", order, exc_info=True)', 'log.error("bad", order=order, exc_info=True)'),
        ('log.error("bad %s: try %s", order, ms)', 'log.error("bad %s: try %s", order, ms)'),
        ('log.info("took %.1f ms", ms)', 'log.info("took %.1f ms", ms)'),
        ('log.info("password %s", password)', 'log.info("password %s", password)'),
        ('log.info("x", extra={"a": 1})', 'log.info("x", extra={"a": 1})'),
        ("log.log(10, order)", "log.log(10, order)"),
        ('logging.warning("slow %d", ms)', 'log.warning("slow", ms=ms)'),
        ("log.info(order)", "log.info(order)"),
        ('log.info("=" * 80)', 'log.info("=" * 80)'),
        ("log.error(traceback.format_exc())", "log.error(traceback.format_exc())"),
    ],
)
def test_calls_keep_their_message_and_values_behind_it_become_fields(before: str, after: str) -> None:
    """Each value is written once; what looks private stays where it was."""
    check_transformed(
        f"import logging\n\n{INFO}\n\ndef work(order, ms):\n    {before}\n",
        f"from observability import logger as log\n\n\ndef work(order, ms):\n    {after}\n",
        MODULE,
        "logging",
    )


def test_an_exception_stays_in_the_message() -> None:
    """It is text; alarms and groups of messages go by it."""
    block = "\n\ndef work():\n    try:\n        go()\n    except Exception as e:\n        log.error('failed: %s', e)\n"
    check_transformed(
        f"import logging\n\n{INFO}{block}", f"from observability import logger as log\n{block}", MODULE, "logging"
    )


OFF = "Lambda shows its warnings and errors only"


@pytest.mark.parametrize(
    ("head", "call", "reason"),
    [
        ("log = logging.getLogger()", "log.info('secret is %s', x)", OFF),
        ("log = logging.getLogger(__name__)", "log.debug('x')", OFF),
        ("log = logging.getLogger(__name__)\nlogging.basicConfig(level=logging.INFO)", "log.info('x')", OFF),
        ("", "logging.info('x')", OFF),
        (INFO.strip(), "logging.info('x')", OFF),
        ("log = logging.getLogger()\nlog.setLevel(logging.DEBUG)", "log.info('x')", "a level of its own"),
        ("log = logging.getLogger()\nlog.setLevel(os.environ['L'])", "log.info('x')", "a level of its own"),
        ("log = logging.getLogger()\nlog.setLevel(logging.INFO)", "log.info(json.dumps(x))", "lines of JSON"),
        ("log = logging.getLogger()\nlog.setLevel(logging.INFO)", "log.info('{\"a\": 1}')", "lines of JSON"),
        ("log = logging.getLogger()\nlog.setLevel(logging.INFO)", "log.info('got %s', json.dumps(x))", "lines of JSON"),
        ("log = logging.getLogger()\nlog.setLevel(20)", "log.info('x', extra={'password': x})", "may be private"),
        ("log = logging.getLogger()\nlog.setLevel(20)", "log.info('x', extra=x)", "may be private"),
        ("log = logging.getLogger()\nlogging.disable(10)", "log.error('x')", "handlers of its own"),
        ("logging.basicConfig(level=10, force=True)", "logging.info('x')", "handlers of its own"),
    ],
)
def test_no_line_comes_on_that_was_off_and_json_stays_json(head: str, call: str, reason: str) -> None:
    """The module's logger stays the standard library's, and the reason is said."""
    source = f"import json\nimport logging\nimport os\n\n{head}\n\n\ndef work(x):\n    {call}\n"
    assert reason in check_noop(source, MODULE, "logging").skipped[0].reason


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("log = logging.getLogger()", "log.error('x')"),
        ("log = logging.getLogger(__name__)\nlogging.getLogger().setLevel(logging.INFO)", "log.info('x')"),
        ("log = logging.getLogger(__name__)\nlogging.root.setLevel('INFO')", "log.info('x')"),
        ("root = logging.getLogger()\nroot.setLevel(level=logging.INFO)", "logging.info('x')"),
    ],
)
def test_lines_that_are_on_become_structured(head: str, call: str) -> None:
    """Warnings and errors always are; others where the root's level says so."""
    source = f"import logging\n\n{head}\n\n\ndef work(x):\n    {call}\n"
    assert run(source, MODULE, "logging").codemods == ("logging",)


def test_another_module_of_the_service_may_set_the_level() -> None:
    """Of the root logger, which all inherit from."""
    source = "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef work(x):\n    log.info('x')\n"
    assert run(source, replace(MODULE, verbose=True), "logging").codemods == ("logging",)


def test_a_handler_alone_makes_a_powertools_logger_in_the_same_place() -> None:
    """Under the same name, with its comment; what sets a level of its own stays."""
    check_transformed(
        "import logging\nimport os\n\n# our log\nLOG = logging.getLogger()\nLOG.setLevel(os.environ['LEVEL'])\n"
        "\n\ndef lambda_handler(event, context):\n    LOG.info('x')\n",
        "import os\n\nfrom aws_lambda_powertools import Logger\n\n# our log\nLOG = Logger()\n"
        "LOG.setLevel(os.environ['LEVEL'])\n\n\ndef lambda_handler(event, context):\n    LOG.info('x')\n",
        HANDLER,
        "logging",
    )


@pytest.mark.parametrize(
    "source",
    [
        "import logging\n\nlog = logging.getLogger()\nlog.propagate = False\nlog.info('x')\n",
        "import logging\n\nlog = logging.getLogger()\nlog = wrap(log)\nlog.info('x')\n",
        "import logging\n\nLEVEL = logging.INFO\n",
        "import logging as l\n\nlog = l.getLogger()\nlog.info('x')\n",
        "from shared import logging\n\nlogging.info('x')\n",
        "from aws_lambda_powertools import Logger\n\nlogger = Logger()\nlogger.info('logging %s', x)\n",
    ],
)
def test_what_sets_up_logging_by_itself_is_left_alone(source: str) -> None:
    """Byte for byte."""
    check_noop(source, MODULE, "logging")


def test_calls_of_the_module_itself_go_to_the_services_logger() -> None:
    """`logging.info(...)` has no logger of its own to replace."""
    check_transformed(
        "import logging\n\n\ndef f(x):\n    logging.error('got %s', x)\n",
        "from ..observability import logger\n\n\ndef f(x):\n    logger.error('got', x=x)\n",
        ModuleContext(objects="..observability"),
        "logging",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from logging import getLogger\n\nlog = getLogger(__name__)\nlog.setLevel('INFO')\n", ""),
        ("from logging import INFO, getLogger\n\nlog = getLogger()\nlog.setLevel(INFO)\n", ""),
        (
            "from logging import DEBUG, getLogger\n\nlog = getLogger()\nlog.setLevel('INFO')\nLEVEL = DEBUG\n",
            "from logging import DEBUG\n\n{}\nLEVEL = DEBUG\n",
        ),
    ],
)
def test_names_that_are_imported_from_logging_count_as_well(before: str, after: str) -> None:
    """What is left of the import is what something else still needs."""
    made = "from observability import logger as log\n"
    body = "\n\ndef work(order):\n    log.info("
    check_transformed(
        f"{before}{body}'stored %s', order)\n",
        f"{after.format(made) or made}{body}'stored', order=order)\n",
        MODULE,
        "logging",
    )


def test_a_logger_that_is_made_in_a_way_of_its_own_stays() -> None:
    """A star import may bind anything."""
    check_noop("from logging import *\n\nlog = getLogger()\n", MODULE, "logging")
