"""The server: the page, its events, one trace at a time, and the few things that a viewer may do."""

from __future__ import annotations

import asyncio
import json
import math
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from shopfast_obs.console.board import Board
from shopfast_obs.console.guard import Guard
from shopfast_obs.console.interface import Surroundings
from shopfast_obs.console.traces import TraceReader
from shopfast_obs.errors import ShopfastObsError

TICK = 0.1  # seconds between two looks at the board
PING = 15.0  # seconds after which a silent stream says that it lives
VIEWERS = 20  # streams at once
MOST_RPS, MOST_SECONDS = 50.0, 600.0  # what a viewer may ask for
LARGEST = 10_000  # bytes of a request's body


class Console:
    """One console: what answers requests. `page` is the HTML."""

    def __init__(self, board: Board, around: Surroundings, guard: Guard, page: str) -> None:
        self._board, self._around, self._page = board, around, page
        self._reader = TraceReader(around)
        self._viewers = 0
        self.closing = False
        routes = [
            Route("/", self._index),
            Route("/events", self._events),
            Route("/trace/{trace_id}", self._trace),
            Route("/find", self._find),
            Route("/shoppers", self._shoppers, methods=["POST"]),
            Route("/hurry", self._hurry, methods=["POST"]),
        ]
        self.application = Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)])

    async def _index(self, _: Request) -> Response:
        return HTMLResponse(self._page)

    async def _events(self, request: Request) -> Response:
        if self._viewers >= VIEWERS:
            return JSONResponse({"problem": f"{VIEWERS} pages are open already."}, 503)
        return StreamingResponse(self._stream(request), media_type="text/event-stream")

    async def _stream(self, request: Request) -> AsyncIterator[str]:
        self._viewers += 1
        try:
            seen, silent = 0, 0.0
            yield "retry: 1000\n\n"
            while not self.closing and not await request.is_disconnected():
                seen, parts = self._board.since(seen)
                for name, text in parts.items():
                    yield f"event: {name}\ndata: {text}\n\n"
                silent = 0.0 if parts else silent + TICK
                if silent >= PING:
                    silent = 0.0
                    yield ": still here\n\n"
                await asyncio.sleep(TICK)
        finally:
            self._viewers -= 1

    async def _trace(self, request: Request) -> Response:
        return await _answer(lambda: self._reader.waterfall(request.path_params["trace_id"]))

    async def _find(self, request: Request) -> Response:
        return await _answer(lambda: self._reader.find(request.query_params.get("value", "")))

    async def _shoppers(self, request: Request) -> Response:
        asked = await _body(request)
        scenario, rps = asked.get("scenario"), _number(asked.get("rps"), MOST_RPS)
        if not isinstance(scenario, str) or rps is None:
            return JSONResponse({"problem": f"Name a scenario and a rate from 0 to {MOST_RPS:g} a second."}, 400)
        return await _answer(lambda: self._around.send(scenario, rps))

    async def _hurry(self, request: Request) -> Response:
        seconds = _number((await _body(request)).get("seconds"), MOST_SECONDS)
        if seconds is None:
            return JSONResponse({"problem": f"Name seconds from 0 to {MOST_SECONDS:g}."}, 400)
        return await _answer(lambda: self._around.hurry(seconds))


async def _answer(work: Callable[[], Any]) -> Response:
    """What the work gives, as JSON; what it could not do is a sentence."""
    try:
        found = await run_in_threadpool(work)
    except ShopfastObsError as problem:
        hint = f" {problem.hint}" if problem.hint else ""
        return JSONResponse({"problem": f"{problem.message}{hint}"}, 404)
    return Response(orjson.dumps(found, option=orjson.OPT_NON_STR_KEYS), media_type="application/json")


async def _body(request: Request) -> dict[str, Any]:
    """The request's JSON; empty where it is none or too large."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return {}
    try:
        asked = json.loads(body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _number(value: object, most: float) -> float | None:
    """The number, where it is one from 0 to the most that is allowed."""
    known = isinstance(value, (int, float)) and math.isfinite(value) and 0 <= value <= most
    return float(value) if known else None  # type: ignore[arg-type]


def listening(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 is any that is free. Raises OSError where it is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
    except OSError:
        found.close()
        raise
    return found


def serve(console: Console, bound: socket.socket, ready: Callable[[], None]) -> None:
    """Answer until Ctrl-C; `ready` is called once the first request would be answered."""
    config = uvicorn.Config(
        console.application, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    _Server(config, console, ready).run(sockets=[bound])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, console: Console, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._console, self._ready = console, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        """True ends the server."""
        return self._console.closing or await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._console.closing = True  # streams end, and nobody waits for them
        await super().shutdown(sockets)
