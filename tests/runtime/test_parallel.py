"""Parts of tasks and threads: the tree that is sent is the program's, with the X-Ray SDK and with OpenTelemetry."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from hypothesis import HealthCheck, given, settings

from shopfast_obs.runtime import observed, running_now
from tests.runtime.async_programs import Part, programs
from tests.runtime.async_runs import events, sent_by, wrong
from tests.runtime.two_roads import XRay, by_opentelemetry, by_xray, in_lambda, invocation

SETTINGS = settings(
    max_examples=20, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
PATIENCE = 20  # seconds; nothing here takes as long
Names = dict[str, list[str]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the SDK's emitter is given."""
    with in_lambda() as documents:
        yield documents


def below(documents: list[str], top: str) -> Names:
    """The names of the sent parts, by the name of the part that they are below; `top` is the segment's id."""
    parts = sent_by(documents)
    names = {part["id"]: part["name"] for part in parts} | {top: "function"}
    found: Names = {}
    for part in parts:
        found.setdefault(names.get(part["parent_id"], "?"), []).append(part["name"])
    return {name: sorted(children) for name, children in found.items()}


def run(work: Callable[[], Any]) -> str:
    """Do the work in one invocation, in the handler's own part; the segment's id."""
    parent = invocation()

    @observed
    @XRay().tracer.capture_lambda_handler(capture_response=False)
    def handler(event: Any, context: Any) -> Any:
        return work()

    handler(*events())
    return parent


def part(name: str) -> Any:
    """A part of the SDK's own."""
    return xray_recorder.in_subsegment(name)


@SETTINGS
@given(programs())
def test_a_program_and_its_trace_agree_with_the_sdk(program: Part) -> None:
    """Gathered, threaded and nested work, with errors and cancellations."""
    with in_lambda() as documents:
        assert wrong(*by_xray(program, documents)) == []


@SETTINGS
@given(programs())
def test_a_program_and_its_trace_agree_with_opentelemetry(program: Part) -> None:
    """Its spans follow tasks by themselves, threads with us."""
    assert wrong(*by_opentelemetry(program)) == []


def test_the_sdk_alone_makes_a_chain_of_siblings(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch leaves the SDK as it is: this is what the rest is for."""
    monkeypatch.setenv("SHOPFAST_OBS_PARALLEL", "off")

    async def one(name: str, turns: int) -> None:
        async with xray_recorder.in_subsegment_async(name):
            for _ in range(turns):
                await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(one("first", 3), one("second", 1))

    top = run(lambda: asyncio.run(both()))
    assert below(sent, top) == {"function": ["handler"], "handler": ["first"], "first": ["second"]}


def test_a_generator_that_waits_is_around_nothing(sent: list[str]) -> None:
    """What its consumer opens is the consumer's; what it opens itself is its own, and it ends its own part."""

    def values() -> Iterator[int]:
        with part("values"):
            for number in range(2):
                with part(f"made-{number}"):
                    pass
                yield number

    def work() -> None:
        with part("loop"):
            for number in values():
                with part(f"used-{number}"):
                    pass
        left = values()
        next(left)
        with part("after"):
            pass
        left.close()

    top = run(work)
    assert below(sent, top) == {
        "function": ["handler"],
        "handler": ["after", "loop", "values"],
        "loop": ["used-0", "used-1", "values"],
        "values": ["made-0", "made-0", "made-1"],
    }


def test_a_context_manager_of_a_generator_is_around_its_block(sent: list[str]) -> None:
    """Unlike any other generator, it is meant to wait."""
    import contextlib

    @contextlib.contextmanager
    def around() -> Iterator[None]:
        with part("around"):
            yield

    def work() -> None:
        with around(), part("inside"):
            pass

    top = run(work)
    assert below(sent, top) == {"function": ["handler"], "handler": ["around"], "around": ["inside"]}


def test_a_part_that_is_begun_in_one_task_and_ended_in_another_ends_once(sent: list[str]) -> None:
    """What is opened then is no part of it, in the code that has begun it either."""

    async def ends() -> None:
        xray_recorder.end_subsegment()

    def work() -> None:
        xray_recorder.begin_subsegment("begun")
        asyncio.run(ends())
        with part("then"):
            pass

    top = run(work)
    assert below(sent, top) == {"function": ["handler"], "handler": ["begun", "then"]}


def test_each_invocation_has_its_own_parts(sent: list[str]) -> None:
    """In a warm environment with the same pool of threads, also where a thread of the last one still works."""
    begun, go, pool = threading.Event(), threading.Event(), ThreadPoolExecutor(1)

    def late() -> None:
        with part("begun before"):
            begun.set()
            go.wait(PATIENCE)
        with part("begun after"):
            pass

    threads = []

    def first() -> None:
        threads.append(threading.Thread(target=late))
        threads[0].start()
        begun.wait(PATIENCE)
        pool.submit(lambda: part("one").__enter__()).result()

    def second() -> None:
        go.set()
        threads[0].join()
        pool.submit(_opens, "two").result()

    one = run(first)
    del sent[:]  # but for what is left open
    two = run(second)
    pool.shutdown()
    assert below(sent, two)["function"] == ["begun after", "handler"]
    assert below(sent, two)["handler"] == ["two"]
    assert [p["name"] for p in sent_by(sent) if p["parent_id"] not in (two, *(p["id"] for p in sent_by(sent)))] == [
        "begun before"
    ]
    assert one != two


def test_what_is_not_sampled_is_not_sent(sent: list[str]) -> None:
    """Nor kept from one invocation to the next."""
    invocation(sampled=False)
    spans = XRay()

    @observed
    @spans.tracer.capture_lambda_handler(capture_response=False)
    def handler(event: Any, context: Any) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(_opens, ["a", "b"]))

    handler(*events())
    assert sent == []


def test_before_the_deadline_what_is_open_in_all_threads_is_told_and_sent(sent: list[str]) -> None:
    """Closed copies, each below the part that started it."""
    open_, done = threading.Barrier(3), threading.Event()

    def waits(name: str) -> None:
        with part(name):
            open_.wait(PATIENCE)
            done.wait(PATIENCE)

    def work() -> Any:
        threads = [threading.Thread(target=waits, args=(name,)) for name in ("a", "b")]
        for thread in threads:
            thread.start()
        open_.wait(PATIENCE)
        segment = xray_recorder.current_segment()
        fields = running_now.describe(threading.get_ident(), 300, segment)
        running_now.send_segments(segment)
        told = list(sent)
        del sent[:]
        done.set()
        for thread in threads:
            thread.join()
        assert [each["name"] for each in fields["open_subsegments"]] == ["## handler", "a", "b"]
        (document,) = map(json.loads, told)
        assert [(each["name"], each["fault"]) for each in document["subsegments"]] == [("a", True), ("b", True)]

    top = run(work)
    assert below(sent, top) == {"function": ["handler"], "handler": ["a", "b"]}


def _opens(name: str) -> None:
    with part(name):
        pass
