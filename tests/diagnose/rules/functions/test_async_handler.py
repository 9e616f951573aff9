"""Rule lambda-async-handler."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.functions.async_handler import RULE
from shopfast_obs.parse.python.aws_calls import source
from tests.diagnose.builders import clear, declared, finished, found, function, observed, speaking, undecided, written

ASYNC = "import asyncio\n\nasync def handler(event, context):\n    return {}\n"
WEB = function(Handler="app.handler")


@pytest.mark.parametrize(
    ("handler", "files"),
    [
        ("app.handler", {"web/app.py": ASYNC}),
        ("src/app.handler", {"src/app.py": ASYNC}),
        ("orders.api.app.handler", {"web/orders/api/app.py": ASYNC, "web/other/app.py": "handler = 1\n"}),
        ("app.main", {"web/app.py": f"{ASYNC}main = handler\n"}),
        ("app.handler", {"web/app.py": "from core.run import handler\n", "web/core/run.py": ASYNC}),
        ("app.handler", {"web/app.py": ASYNC.replace("async def", "@logger.inject_lambda_context\nasync def")}),
    ],
)
def test_found_when_the_named_handler_is_a_coroutine_function(handler: str, files: dict[str, str]) -> None:
    """In its module, under another name, imported, or behind decorators that await nothing."""
    web = function(Handler=handler)
    finding = found(RULE.check(web, declared(web, sources={"web": source(files)})))
    assert finding.title.startswith(f"web never runs its handler {handler}")
    assert finding.evidence[0].locator.rpartition(":")[2] in ("3", "4")


def test_the_log_says_how_often_it_failed() -> None:
    """The runtime's own words."""
    line = (
        "[ERROR] Runtime.MarshalError: Unable to marshal response: Object of type coroutine is not JSON serializable\n"
    )
    log = written(WEB, speaking(finished(1), line))
    finding = found(RULE.check(WEB, observed(WEB, logs=log, sources={"web": source({"web/app.py": ASYNC})})))
    assert finding.harm == 1
    assert finding.evidence[1].numbers == {"lines": 1}


@pytest.mark.parametrize(
    "text",
    [
        "def handler(event, context):\n    return asyncio.run(work(event))\n\nasync def work(event):\n    return {}\n",
        ASYNC.replace("async def", "@awaited\nasync def"),
        f"{ASYNC}\nhandler = awaited(handler)\n",
        ASYNC.replace("handler", "helper") + "\nhandler = Mangum(helper)\n",
        "if LOCAL:\n    async def handler(event, context): ...\nelse:\n    def handler(event, context): ...\n",
    ],
    ids=["helper", "decorator", "adapter", "value", "condition"],
)
def test_clear_when_something_awaits_it_or_another_function_is_async(text: str) -> None:
    """An async helper and an adapter are fine."""
    outcome = RULE.check(WEB, declared(WEB, sources={"web": source({"web/app.py": text})}))
    assert clear(outcome) == "its handler app.handler is no coroutine function"


def test_no_data_without_the_handler_or_its_module() -> None:
    """Each is said."""
    read = {"web": source({"web/app.py": ASYNC})}
    image, other = function(), function(Handler="datadog_lambda.handler.handler")
    assert undecided(RULE.check(image, declared(image, sources=read))) == "its configuration names no handler"
    assert "is not among its sources" in undecided(RULE.check(other, declared(other, sources=read)))
