"""The handler gets what the caller gave, whatever the decorators around it need."""

import asyncio
import functools
import json
import sys
from collections import UserDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics.provider import cold_start
from aws_lambda_powertools.utilities.parser import event_parser
from pydantic import BaseModel

from shopfast_obs.runtime import current_id, decorator, observed
from shopfast_obs.runtime.wrap import wrapped

ABSENT = object()
LAMBDA = SimpleNamespace(
    function_name="f", memory_limit_in_mb="128", invoked_function_arn="arn:f", aws_request_id="r-1", client_context=None
)


@pytest.fixture(autouse=True)
def _no_tracing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "1")


def instrumented(function: Callable[..., Any], namespace: str = "shop", service: str = "orders") -> Callable[..., Any]:
    """The function as the codemods leave it."""
    function = Logger(service=service).inject_lambda_context(function)
    function = Tracer(service=service).capture_lambda_handler(capture_response=False)(function)
    metrics = Metrics(namespace=namespace, service=service)
    function = metrics.log_metrics(capture_cold_start_metric=True)(function)  # type: ignore[misc]
    return observed(function)


@pytest.mark.parametrize("context", [{}, "", None, object(), 5, LAMBDA, ABSENT], ids=lambda c: type(c).__name__)
def test_the_context_is_the_very_object_that_was_given(context: Any) -> None:
    """Also none at all: the handler's own default."""
    given: list[Any] = []

    @instrumented
    def handler(event: Any, context: Any = ABSENT) -> int:
        given.append(context)
        return 1

    event: dict[str, Any] = {}
    assert (handler(event) if context is ABSENT else handler(event, context)) == 1
    assert given[0] is context


def calls() -> Iterator[tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]]:
    """Handlers of every form, with calls of them."""

    def plain(evt: Any, ctx: Any) -> Any:
        return evt, ctx

    def more(event: Any, context: Any, table: str = "orders", *, dry: bool = False) -> Any:
        return event, context, table, dry

    def free(*args: Any, **kwargs: Any) -> Any:
        return args, kwargs

    def only(*, event: Any, context: Any) -> Any:
        return event, context

    def bare() -> int:
        return 0

    class Handler:
        def __call__(self, event: Any, context: Any) -> Any:
            return event, context

        def method(self, event: Any, context: Any) -> Any:
            return event, context

    yield "keywords of any name", plain, (), {"evt": 1, "ctx": 2}
    yield "one of each", plain, (1,), {"ctx": 2}
    yield "more parameters", more, (1, {}, "t"), {"dry": True}
    yield "any arguments", free, (1, 2, 3), {"x": 4}
    yield "no arguments", free, (), {}
    yield "keywords only", only, (), {"event": 1, "context": {}}
    yield "none taken", bare, (), {}
    yield "method", Handler().method, (1, {}), {}
    yield "callable object", Handler(), ({}, ""), {}
    yield "partial", functools.partial(more, table="x"), ({}, None), {}


@pytest.mark.parametrize(("_", "function", "args", "kwargs"), list(calls()), ids=[case[0] for case in calls()])
def test_a_call_of_any_form_arrives_as_it_was_made(
    _: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """And answers as it would have."""
    wanted = function(*args, **kwargs)
    assert wrapped(function)(*args, **kwargs) == wanted
    assert observed(function)(*args, **kwargs) == wanted


def test_a_wrong_call_fails_as_it_would_have() -> None:
    """The handler's own TypeError."""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'context'"):
        instrumented(lambda event, context: 0)({})


def test_a_method_that_is_decorated_in_its_class_is_called_with_its_object() -> None:
    """Whose event is the second argument."""

    class Handler:
        def handle(self, event: Any, context: Any) -> Any:
            return self, event["headers"], context, current_id()

        handle = instrumented(handle)  # type: ignore[assignment]

    handler = Handler()
    assert handler.handle({"headers": {"x-correlation-id": "abc"}}, None) == (
        handler,
        {"x-correlation-id": "abc"},
        None,
        "abc",
    )


def test_what_stands_between_gets_what_was_given_too() -> None:
    """The application's own decorators, and those of Powertools that read the event."""

    class Order(BaseModel):
        number: int

    @instrumented
    @event_parser(model=Order)
    def handler(event: Order, context: Any) -> Any:
        return event.number, context

    context: dict[str, Any] = {}
    assert handler({"number": 7}, context) == (7, context)


class Event(dict[str, Any]):
    """An application's own."""


@pytest.mark.parametrize("kind", [dict, Event, UserDict])
@pytest.mark.parametrize("body", [{"n": 1}, {"Records": [{"body": "a"}, {"body": '{"_correlation_id": "b"}'}]}])
def test_the_event_is_the_very_object_and_what_is_changed_in_it_reaches_the_caller(kind: Any, body: Any) -> None:
    """Of any type; its list of records, too, once the handler has returned."""
    event = kind(json.loads(json.dumps(body)))
    records = event.get("Records")
    seen: list[Any] = []

    @instrumented
    def handler(given: Any, context: Any) -> None:
        seen.append(given)
        given["done"] = True
        if "Records" in given:
            given["Records"].pop()["x"] = 1

    handler(event, None)
    assert seen[0] is event
    assert event["done"] is True
    assert event.get("Records") is records
    assert records is None or (type(records), len(records)) == (list, 1)


def test_a_coroutine_and_a_generator_come_back_as_they_are() -> None:
    """Lambda awaits none; who does, gets what it is."""

    async def waits(event: Any, context: Any) -> Any:
        return event, context

    def gives(event: Any, context: Any) -> Any:
        yield context

    assert asyncio.run(instrumented(waits)(1, {})) == (1, {})
    assert list(instrumented(gives)(1, {})) == [{}]


def lines(text: str) -> list[dict[str, Any]]:
    """The JSON lines of an output."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("thread", [False, True])
def test_a_handler_that_another_calls_is_a_function_like_any_other(
    capsys: pytest.CaptureFixture[str], *, thread: bool
) -> None:
    """One set of metrics, one id, and the deadline guard of the outer one goes on; also when the inner one raises, and
    from a thread of a pool."""
    metrics = Metrics(namespace="shop", service="orders")
    ids: list[str] = []
    due: list[bool] = []

    @instrumented
    def inner(event: Any, context: Any) -> int:
        metrics.add_metric("Requests", "Count", 1)
        ids.append(current_id())
        if event["n"] > 1:
            raise KeyError(event["n"])
        return int(inner({"n": event["n"] + 1, "headers": {"x-correlation-id": "other"}}, context))

    @instrumented
    def outer(event: Any, context: Any) -> str:
        metrics.add_metric("Requests", "Count", 1)
        with pytest.raises(KeyError):
            if thread:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(inner, {"n": 0}, context).result()
            else:
                inner({"n": 0}, context)
        due.append(decorator._guard._due is not None)
        return current_id()

    context = SimpleNamespace(**vars(LAMBDA), get_remaining_time_in_millis=lambda: 30000)
    capsys.readouterr()
    assert outer({"headers": {"x-correlation-id": "abc"}}, context) == "abc"
    (emf,) = [line for line in lines(capsys.readouterr().out) if "Requests" in line]
    assert emf["Requests"] == [1.0, 1.0, 1.0, 1.0]
    assert ids == ["abc"] * 3
    assert due == [True]
    assert decorator._guard._due is None


def test_metrics_of_another_namespace_and_loggers_of_their_own_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """A handler that is called by another one is not robbed of what only its own decorators do."""
    payments = Metrics(namespace="payments", service="payments")

    @functools.partial(instrumented, namespace="payments", service="payments")
    def inner(event: Any, context: Any) -> Any:
        payments.add_metric("Paid", "Count", 1)
        Logger(service="payments").info("paid")
        return context

    @instrumented
    def outer(event: Any, context: Any) -> Any:
        return inner(event, {}), inner(event, context)

    capsys.readouterr()
    assert outer({}, LAMBDA) == ({}, LAMBDA)
    written = lines(capsys.readouterr().out)
    assert [line["service"] for line in written if "Paid" in line] == ["payments", "payments"]
    assert [line["function_name"] for line in written if line.get("message") == "paid"] == ["local", "f"]


@pytest.mark.parametrize("context", [LAMBDA, None], ids=["complete", "none"])
@pytest.mark.filterwarnings("error")
def test_a_test_that_reads_stdout_finds_its_own_lines_alone(
    context: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Metrics that a codemod has added count cold starts in Lambda only; what the application counts is written."""
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API", raising=False)

    counted = Metrics(namespace="service_undefined", service="orders")

    def handler(event: Any, context: Any) -> None:
        sys.stdout.write("mine\n")
        counted.add_metric(name="Paid", unit="Count", value=1)

    monkeypatch.setattr(cold_start, "is_cold_start", True)
    alone = instrumented(lambda event, context: sys.stdout.write("mine\n"), namespace="service_undefined")
    alone({}, context)
    alone({}, context)
    assert capsys.readouterr().out == "mine\nmine\n"
    counting = counted.log_metrics(capture_cold_start_metric=True)  # type: ignore[misc]
    observed(counting(handler))({}, context)
    written = capsys.readouterr().out.splitlines()
    assert written[0] == "mine"
    assert json.loads(written[1])["Paid"] == [1.0]
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9")
    observed(counting(handler))({}, LAMBDA)
    assert "ColdStart" in capsys.readouterr().out


def test_an_exception_that_a_handler_raises_is_told_by_its_caller_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Powertools' tracer logs it as well, with all that it says; a tracer of the application's own still does."""

    def failing(event: Any, context: Any) -> None:
        raise ValueError("card 4111")

    def own(event: Any, context: Any) -> None:
        raise ValueError("as ever")

    for handler in (instrumented(failing), observed(Tracer(service="own").capture_lambda_handler(own))):
        with pytest.raises(ValueError, match=r"card|ever"):
            handler({}, LAMBDA)
    assert [record.message for record in caplog.records] == ["Exception received from own"]
