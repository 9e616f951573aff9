"""Metrics of the business: what a function returns or raises, as lines that CloudWatch reads."""

import asyncio
import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from shopfast_obs.runtime import counted
from shopfast_obs.runtime.business import reached


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A namespace and a service."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "shop")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was written since."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_result_that_fits_is_counted_with_bounded_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    """As EMF that our own parser and CloudWatch's rules take; anything that the plan does not name is `other`."""

    @counted("Placed", value="total", unit="None", when={"status": ("NEW",)}, dimensions={"via.channel": ("web",)})
    def place(order: dict[str, Any]) -> dict[str, Any]:
        return order

    order = {"status": "NEW", "total": Decimal("9.5"), "via": {"channel": "web"}}
    assert place(order) is order
    place({**order, "via": {"channel": "a new one each day"}})
    place({**order, "status": "OLD"})
    found = lines(capsys)
    assert [(f["Placed"], f["channel"], f["service"]) for f in found] == [
        (9.5, "web", "orders"),
        (9.5, "other", "orders"),
    ]
    assert found[0]["_aws"]["CloudWatchMetrics"] == [
        {"Namespace": "shop", "Dimensions": [["service", "channel"]], "Metrics": [{"Name": "Placed", "Unit": "None"}]}
    ]


def test_an_error_is_counted_by_its_type_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """A return is none."""

    @counted("Declined", outcome="error", when={"type": ("KeyError",)})
    def pay(problem: Exception | None) -> None:
        if problem:
            raise problem

    pay(None)
    for problem in (KeyError("x"), ValueError("y")):
        with pytest.raises(type(problem)):
            pay(problem)
    assert [line["Declined"] for line in lines(capsys)] == [1]


def test_coroutines_and_methods_are_counted_when_they_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    """And stay what they are."""

    class Desk:
        @staticmethod
        @counted("A")
        def a() -> int:
            return 1

        @counted("B", value="n")
        async def b(self) -> SimpleNamespace:
            return SimpleNamespace(n=[1, 2, 3])

        @counted("C", outcome="error")
        async def c(self) -> None:
            raise LookupError

    assert Desk.a() == 1
    asyncio.run(Desk().b())
    with pytest.raises(LookupError):
        asyncio.run(Desk().c())
    assert [{k: v for k, v in f.items() if k in "ABC"} for f in lines(capsys)] == [{"A": 1}, {"B": 3}, {"C": 1}]


@pytest.mark.parametrize("value", ["missing", "text", "nan", "deep.er"])
def test_what_is_no_number_is_not_counted(capsys: pytest.CaptureFixture[str], value: str) -> None:
    """And disturbs nobody."""
    counted("X", value=value)(lambda: {"text": "a", "nan": float("nan"), "deep": 5})()
    assert lines(capsys) == []


def test_a_result_that_breaks_when_it_is_looked_at_comes_through(capsys: pytest.CaptureFixture[str]) -> None:
    """The function's answer matters more than its metric."""

    class Odd:
        @property
        def total(self) -> int:
            raise RuntimeError

    assert isinstance(counted("X", value="total")(Odd)(), Odd)
    assert lines(capsys) == []


def test_without_a_namespace_nothing_is_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudWatch would refuse the line."""
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
    counted("X")(lambda: 1)()
    assert lines(capsys) == []


def test_a_path_leads_through_keys_places_attributes_and_json() -> None:
    """Or nowhere."""
    answer = (201, SimpleNamespace(body='{"items": [{"price": 3}]}'))
    assert reached(answer, "1.body.items.0.price") == 3
    assert reached(answer, "0") == 201
    assert reached(answer, "7") is None
    assert reached({"body": "not json"}, "body.total") is None
