"""Runs a random program with the X-Ray SDK or with OpenTelemetry: what it did as it says itself, and as was sent."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from types import SimpleNamespace
from typing import Any

from tests.runtime.async_programs import Part, PartError, Truth, mode_of, named

ROOT = "root"
TRACE = "1-5759e988-bd862e3fe1be46a994272793"
_numbers = count(1)


class Run:
    """A program that runs; `spans` opens its parts."""

    def __init__(self, spans: Any) -> None:
        self.spans = spans
        self.truth = Truth({}, set(), set())
        self.left: list[threading.Thread] = []  # that nobody joined

    def program(self, part: Part) -> None:
        """Run it in a loop of its own, below the part that is open, until all tasks are done."""

        async def main() -> None:
            with suppress(PartError, ExceptionGroup):
                await self.asynchronous("part", part, ROOT)
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.gather(*others, return_exceptions=True)

        asyncio.run(main())

    async def asynchronous(self, name: str, part: Part, parent: str) -> None:
        """A part in a task."""

        async def body() -> None:
            with self._told(name, parent):
                for _ in range(part.steps):
                    await asyncio.sleep(0)
                await self._run_async(name, part)
                for _ in range(part.after):
                    await asyncio.sleep(0)
                if part.fails:
                    raise PartError(name)

        if part.decorated:
            await self.spans.decorated(name, body)()
            return
        async with self.spans.asynchronous(name):
            await body()

    def synchronous(self, name: str, part: Part, parent: str) -> None:
        """A part in a thread, or called by another part."""

        def body() -> None:
            with self._told(name, parent):
                self._run_sync(name, part)
                if part.fails:
                    raise PartError(name)

        if part.decorated:
            self.spans.decorated(name, body)()
            return
        with self.spans.synchronous(name):
            body()

    @contextmanager
    def _told(self, name: str, parent: str) -> Iterator[None]:
        self.truth.parents[name] = parent
        try:
            yield
        except Exception:
            self.truth.failed.add(name)
            raise
        except BaseException:
            self.truth.cancelled.add(name)
            raise

    async def _run_async(self, name: str, part: Part) -> None:
        mode = mode_of(part, asynchronous=True)
        inner = named(part, name)
        if mode in ("to_thread", "executor", "call"):
            await self._run_below(mode, name, inner)
            return
        coroutines = [self.asynchronous(own, child, name) for own, child in inner]
        if mode == "sequence":
            for number, each in enumerate(coroutines):
                try:
                    await each
                except BaseException:
                    for rest in coroutines[number + 1 :]:
                        rest.close()
                    raise
        elif mode.startswith("gather"):
            await asyncio.gather(*coroutines, return_exceptions=mode != "gather")
        elif mode == "group":
            await _grouped(coroutines)
        else:
            await self._as_tasks(mode, [asyncio.ensure_future(each) for each in coroutines])

    async def _as_tasks(self, mode: str, tasks: list[asyncio.Future[None]]) -> None:
        if mode == "not awaited":
            return
        if mode == "cancelled":
            await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
        for task in tasks:
            with suppress(PartError, ExceptionGroup, asyncio.CancelledError, TimeoutError):
                await (asyncio.wait_for(task, 0.001) if mode == "wait_for" else task)

    async def _run_below(self, mode: str, name: str, inner: list[tuple[str, Part]]) -> None:
        if mode == "call":
            for own, child in inner:
                with suppress(PartError):
                    self.synchronous(own, child, name)
        elif mode == "to_thread":
            calls = [asyncio.to_thread(self.synchronous, own, child, name) for own, child in inner]
            await asyncio.gather(*calls, return_exceptions=True)
        else:
            loop = asyncio.get_running_loop()
            futures = [loop.run_in_executor(None, self.synchronous, own, child, name) for own, child in inner]
            await asyncio.gather(*futures)

    def _run_sync(self, name: str, part: Part) -> None:
        mode = mode_of(part, asynchronous=False)
        inner = named(part, name)
        if mode == "sequence" or (mode == "loop" and _in_loop()):
            for own, child in inner:
                self.synchronous(own, child, name)
        elif mode.startswith("pool"):
            with ThreadPoolExecutor(1 if mode != "pool" else 3) as pool:
                futures = [pool.submit(self.synchronous, own, child, name) for own, child in inner]
            for future in futures[:1]:
                future.result()
        elif mode == "loop":
            asyncio.run(self._side_by_side(name, inner))
        else:
            started = [_thread(self.synchronous, own, child, name) for own, child in inner]
            if mode == "thread":
                for thread in started:
                    thread.join()
            else:
                self.left += started

    async def _side_by_side(self, name: str, inner: list[tuple[str, Part]]) -> None:
        await asyncio.gather(*(self.asynchronous(own, child, name) for own, child in inner), return_exceptions=True)


async def _grouped(coroutines: list[Any]) -> None:
    with suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            for each in coroutines:
                group.create_task(each)


def _in_loop() -> bool:
    return asyncio._get_running_loop() is not None


def _thread(call: Callable[..., None], *args: Any) -> threading.Thread:
    def quiet() -> None:
        with suppress(PartError):
            call(*args)

    thread = threading.Thread(target=quiet)
    thread.start()
    return thread


def wrong(run: Run, sent: list[dict[str, Any]]) -> list[str]:
    """What the tree of the sent parts (`id`, `parent_id`, `name`, `failed`) has other than the program."""
    names = {part["id"]: part["name"] for part in sent}
    said = [f"{part['name']} twice" for part in sent if [p["name"] for p in sent].count(part["name"]) > 1]
    parents = {part["name"]: names.get(part["parent_id"], "?") for part in sent if part["name"] != ROOT}
    for name, parent in run.truth.parents.items():
        if parents.pop(name, None) != parent:
            below = [names.get(part["parent_id"]) for part in sent if part["name"] == name]
            said.append(f"{name} is of {parent}, sent below {below}")
    said += [f"{name} was never begun" for name in parents if name not in run.truth.cancelled]
    failed = {part["name"] for part in sent if part["failed"]} - run.truth.cancelled - {ROOT}
    return said + [f"{name} failed or not" for name in failed ^ run.truth.failed]


def events() -> tuple[dict[str, Any], SimpleNamespace]:
    """Event and context of one more request."""
    context = SimpleNamespace(
        function_name="f", memory_limit_in_mb="128", invoked_function_arn="arn", aws_request_id=f"r-{next(_numbers)}"
    )
    return {}, context


def flat(document: dict[str, Any], parent: str = "") -> Iterator[dict[str, Any]]:
    """A document of the X-Ray SDK and what it embeds."""
    assert "end_time" in document and not document.get("in_progress"), document["name"]
    name = document["name"].removeprefix("## ").rpartition("/")[2]
    above = document.get("parent_id") or parent
    yield {"id": document["id"], "parent_id": above, "name": name, "failed": bool(document.get("fault"))}
    for inner in document.get("subsegments", []):
        yield from flat(inner, document["id"])


def sent_by(documents: list[str]) -> list[dict[str, Any]]:
    """The parts of what the SDK's emitter was given."""
    return [part for document in documents for part in flat(json.loads(document))]
