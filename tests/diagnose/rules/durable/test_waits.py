"""Rule durable-waits, from source to finding."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.durable.waits import RULE
from tests.diagnose.builders import clear, declared, found, undecided
from tests.diagnose.rules.durable.handlers import PLAIN, WEB, of


def test_found_when_the_waits_take_longer_than_the_execution_may() -> None:
    """Ten minutes and a second of the ten that it has."""
    long = "ctx.wait(Duration.from_minutes(10))\nctx.step(work)\nctx.wait(duration=Duration(seconds=1), name='more')"
    assert "it waits 601 s and may run 600 s" in found(RULE.check(WEB, of(long))).title


def test_clear_where_a_branch_leaves_them_out() -> None:
    """Two days are not waited for by every execution."""
    branch = "if order:\n    ctx.wait(Duration.from_days(2))\nctx.wait(Duration.from_minutes(9))"
    assert clear(RULE.check(WEB, of(branch))) == "it waits 540 s of 600 s"
    assert clear(RULE.check(PLAIN, declared(PLAIN))) == "it is no durable function"


def test_no_data_without_the_source() -> None:
    """It is not here."""
    assert undecided(RULE.check(WEB, declared(WEB))).startswith("its source is not here")
