"""Rule lambda-waits-for-lambda."""

from __future__ import annotations

from shopfast_obs.diagnose.rules.functions.sync_chain import RULE
from shopfast_obs.model.findings import Severity
from shopfast_obs.model.sources import Call, Client, Source
from tests.diagnose.builders import clear, declared, found, function, undecided

ORDERS = function("orders", Timeout=30, Environment={"Variables": {"STOCK": "stock"}})
STOCK = function("stock", Timeout=30)
NAMES = frozenset({"FunctionName", "Payload"})
CALL = Call("invoke", "out.py", 9, (), NAMES, variables=(("FunctionName", "STOCK"),))


def test_found_when_the_other_may_run_longer() -> None:
    """The client's own patience counts."""
    source = Source((Client("lambda", "out.py", 2, read=10, attempts=1),), (CALL,))
    finding = found(RULE.check(ORDERS, declared(ORDERS, STOCK, sources={"orders": source})))
    assert "orders waits at most 10 s for stock, which may run 30 s" in finding.title
    assert finding.severity is Severity.INFO


def test_clear_when_it_ends_first_or_nobody_waits() -> None:
    """An event is not waited for."""
    quick = function("stock", Timeout=5)
    assert (
        clear(RULE.check(ORDERS, declared(ORDERS, quick, sources={"orders": Source((), (CALL,))}))) == "stock end first"
    )
    event = Call("invoke", "out.py", 9, (("InvocationType", "Event"),))
    context = declared(ORDERS, STOCK, sources={"orders": Source((), (event,))})
    assert clear(RULE.check(ORDERS, context)) == "its source invokes no function and waits"


def test_only_the_function_that_the_call_names_counts() -> None:
    """Another one in the environment, and a type that is chosen as the code runs, do not."""
    other = function("reports", Timeout=900)
    orders = function("orders", Timeout=30, Environment={"Variables": {"STOCK": "stock", "REPORTS": "reports"}})
    quick = function("stock", Timeout=5)
    context = declared(orders, quick, other, sources={"orders": Source((), (CALL,))})
    assert clear(RULE.check(orders, context)) == "stock end first"
    said = Call("invoke", "out.py", 9, (("FunctionName", "reports"), ("InvocationType", "RequestResponse")), NAMES)
    context = declared(orders, quick, other, sources={"orders": Source((), (said,))})
    assert "waits at most 30 s for reports" in found(RULE.check(orders, context)).title
    chosen = Call("invoke", "out.py", 9, (("FunctionName", "reports"),), NAMES | {"InvocationType"})
    context = declared(orders, other, sources={"orders": Source((), (chosen,))})
    assert clear(RULE.check(orders, context)) == "its source invokes no function and waits"


def test_a_patience_that_is_not_known_is_the_callers_own_timeout() -> None:
    """A variable says it; two that may run equally long end together."""
    long = function("stock", Timeout=60)
    orders = function("orders", Timeout=900, Environment={"Variables": {"STOCK": "stock"}})
    left = Source((Client("lambda", "out.py", 2, variable="config"),), (CALL,))
    assert clear(RULE.check(orders, declared(orders, long, sources={"orders": left}))) == "stock end first"
    usual = Source((Client("lambda", "out.py", 2),), (CALL,))
    assert clear(RULE.check(orders, declared(orders, long, sources={"orders": usual}))) == "stock end first"


def test_no_data_when_the_callee_is_not_known() -> None:
    """No source, or no name in the environment."""
    assert undecided(RULE.check(ORDERS, declared(ORDERS, STOCK))) == "its source is not here"
    bare = function("orders")
    context = declared(bare, STOCK, sources={"orders": Source((), (CALL,))})
    assert "does not name" in undecided(RULE.check(bare, context))
