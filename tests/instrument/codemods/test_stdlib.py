"""The standard library's logger gives way to the structured one."""

from __future__ import annotations

import pytest

from shopfast_obs.instrument.interface import ModuleContext
from tests.instrument.helpers import HANDLER, MODULE, check_noop, check_transformed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('log.info("stored %s", order)', 'log.info("stored %s", order, order=order)'),
        ('log.info(f"stored {order}")', 'log.info("stored", order=order)'),
        ('log.error("bad %s", make(order))', 'log.error("bad %s", make(order))'),
        ('log.error("bad", exc_info=True)', 'log.error("bad", exc_info=True)'),
        ('log.error("bad %s", order, exc_info=True)', 'log.error("bad %s", order, order=order, exc_info=True)'),
        ('log.info("x", extra={"a": 1})', 'log.info("x", extra={"a": 1})'),
        ("log.log(10, order)", "log.log(10, order)"),
        ('logging.warning("slow %d", ms)', 'log.warning("slow %d", ms, ms=ms)'),
        ("log.debug(order)", 'log.debug("order", order=order)'),
    ],
)
def test_calls_keep_their_message_and_get_fields(before: str, after: str) -> None:
    """Values that can be read twice; others stay in the message only."""
    check_transformed(
        f"import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef work(order, ms):\n    {before}\n",
        f"from observability import logger as log\n\n\ndef work(order, ms):\n    {after}\n",
        MODULE,
        "logging",
    )


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
        "import logging\n\n\ndef f(x):\n    logging.info('got %s', x)\n",
        "from ..observability import logger\n\n\ndef f(x):\n    logger.info('got %s', x, x=x)\n",
        ModuleContext(objects="..observability"),
        "logging",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from logging import getLogger\n\nlog = getLogger(__name__)\n", ""),
        ("from logging import INFO, getLogger\n\nlog = getLogger()\nlog.setLevel(INFO)\n", ""),
        (
            "from logging import DEBUG, getLogger\n\nlog = getLogger()\nLEVEL = DEBUG\n",
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
        f"{after.format(made) or made}{body}'stored %s', order, order=order)\n",
        MODULE,
        "logging",
    )


def test_a_logger_that_is_made_in_a_way_of_its_own_stays() -> None:
    """A star import may bind anything."""
    check_noop("from logging import *\n\nlog = getLogger()\n", MODULE, "logging")
