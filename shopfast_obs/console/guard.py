"""Who may see the page: the browser that was given the address with the key, and pages of this server only."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

COOKIE = "shopfast_obs_console"
NAMES = ("127.0.0.1", "localhost")
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuses other hosts' names (another page's DNS may point here), other origins, and whoever has no key."""

    def __init__(self, port: int, key: str = "") -> None:
        self._port = port
        self.key = key or secrets.token_urlsafe(24)
        self._hosts = {f"{name}:{port}" for name in NAMES}
        self._cookie = f"{COOKIE}_{port}"  # a browser sends cookies to every port of a host

    @property
    def address(self) -> str:
        """What opens the page."""
        return f"http://127.0.0.1:{self._port}/?key={self.key}"

    async def __call__(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """The answer of who comes next, or a refusal."""
        response = self._refusal(request) or await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host", "") not in self._hosts:
            return PlainTextResponse("This console answers on 127.0.0.1 only.", 421)
        origin = request.headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return PlainTextResponse("Another page has no business here.", 403)
        if request.method != "GET" and origin is None:
            return PlainTextResponse("Only the console's own page may ask for this.", 403)
        given = request.query_params.get("key")
        if given is not None and secrets.compare_digest(given.encode(), self.key.encode()):
            answer = RedirectResponse(request.url.path, 303)  # the key stays in no history
            answer.set_cookie(self._cookie, self.key, httponly=True, samesite="strict", path="/")
            return answer
        if not secrets.compare_digest(request.cookies.get(self._cookie, "").encode(), self.key.encode()):
            told = "Open the address that `shopfast-obs console` printed: it has a key in it."
            return PlainTextResponse(told, 401)
        return None
