"""Rule durable-half, from source to finding."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.durable.durable_config_missing import RULE
from tests.diagnose.builders import clear, found
from tests.diagnose.rules.durable.handlers import PLAIN, WEB, of

BODY = "ctx.wait(Duration(5))"


def test_found_when_the_function_is_not_durable() -> None:
    """The SDK refuses every event of it."""
    finding = found(RULE.check(PLAIN, of(BODY, PLAIN)))
    assert "process is a durable handler, and there is no DurableConfig" in finding.title


def test_clear_when_both_are() -> None:
    """As it has to be."""
    assert clear(RULE.check(WEB, of(BODY))) == "it has a DurableConfig"
