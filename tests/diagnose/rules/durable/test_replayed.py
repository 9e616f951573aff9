"""Rule durable-replayed, from source to finding."""

from __future__ import annotations

import pytest

from shopfast_obs.diagnose.rules.durable.replayed import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.parse.python.aws_calls import source
from tests.diagnose.builders import clear, declared, found
from tests.diagnose.rules.durable.handlers import WEB, of

EFFECTS = [
    "queue.send_message(QueueUrl='q', MessageBody='m')\nctx.wait(Duration.from_seconds(1))",
    "table.put_item(Item=order)\nreturn ctx.step(lambda _: 1, name='a')",
    "requests.post('https://example.org', timeout=1)\nctx.invoke('other', order)",
]
VALUES = [
    "key = str(uuid.uuid4())\nctx.step(lambda _: queue.purge_queue(QueueUrl=key))\nctx.wait(Duration(5))",
    "if datetime.datetime.now().hour > 12:\n    ctx.step(work)\nctx.wait(Duration(5))",
    "now = time.time()\nctx.step(work(now))\nctx.wait(Duration(5))",
]
HEALTHY = [
    "ctx.step(lambda _: queue.send_message(QueueUrl='q', MessageBody=str(uuid.uuid4())))\nctx.wait(Duration(5))",
    "began = time.time()\nctx.wait(Duration(5))\nprint(time.time() - began)",
    "ctx.wait(Duration(5))\nqueue.send_message(QueueUrl='q', MessageBody='m')",
    "found = table.get_item(Key={'id': order['id']})\nctx.wait(Duration(5))",
    "def send(_):\n    return requests.post('https://example.org', timeout=1)\nctx.step(send)\nctx.wait(Duration(5))",
]


@pytest.mark.parametrize("body", EFFECTS)
def test_found_an_effect_outside_of_a_step(body: str) -> None:
    """Before an operation at which the execution is resumed."""
    finding = found(RULE.check(WEB, of(body)))
    assert (finding.severity, finding.confidence) == (Severity.HIGH, "certain")
    assert "stands outside of a step and is done again at each resume (app.py:" in finding.title


@pytest.mark.parametrize("body", VALUES)
def test_found_a_value_that_differs_where_something_depends_on_it(body: str) -> None:
    """An operation, a step or a decision."""
    finding = found(RULE.check(WEB, of(body)))
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, "likely")


@pytest.mark.parametrize("body", HEALTHY)
def test_clear_of_what_is_right(body: str) -> None:
    """Inside of a step, for a log line, after the last operation, a read."""
    assert clear(RULE.check(WEB, of(body))).startswith("outside of its steps")


def test_clear_of_other_handlers() -> None:
    """It is no durable one."""
    plain = declared(WEB, sources={"web": source({"app.py": "def process(event, context): ...\n"})})
    assert clear(RULE.check(WEB, plain)).startswith("its handler is no durable one")
