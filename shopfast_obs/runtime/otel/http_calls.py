"""Calls over HTTP as spans: urllib3 with what stands on it (requests), Python's own http.client (urllib), httpx and
aiohttp."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode

from shopfast_obs.runtime import trace_header
from shopfast_obs.runtime.otel import calls, propagation

METHOD = "http.request.method"
_SPAN = "_shopfast_obs_span"  # of a connection: the request whose answer is awaited


def _change_urllib3(module: Any) -> None:  # noqa: ANN401
    original = module.HTTPConnectionPool.urlopen

    @functools.wraps(original)
    def traced(pool: Any, method: str, url: str, body: Any = None, headers: Any = None, *args: Any, **more: Any) -> Any:  # noqa: ANN401
        span = _begun(method, pool.scheme, pool.host, pool.port, url)
        if span is None:
            return original(pool, method, url, body, headers, *args, **more)
        with _held(span):
            with suppress(Exception):
                headers = _with_header(pool.headers if headers is None else headers, span)
            answer = original(pool, method, url, body, headers, *args, **more)
            _answered(span, answer)
            return answer

    module.HTTPConnectionPool.urlopen = traced


def _change_http_client(module: Any) -> None:  # noqa: ANN401
    request, getresponse = module.HTTPConnection.request, module.HTTPConnection.getresponse

    @functools.wraps(request)
    def asked(connection: Any, method: str, url: str, body: Any = None, headers: Any = None, **more: Any) -> Any:  # noqa: ANN401
        scheme = "https" if isinstance(connection, module.HTTPSConnection) else "http"
        span = _begun(method, scheme, connection.host, connection.port, url)
        headers = {} if headers is None else headers
        if span is None:
            return request(connection, method, url, body, headers, **more)
        try:
            with suppress(Exception):
                headers = _with_header(headers, span)
            with calls.inside(span):
                result = request(connection, method, url, body, headers, **more)
            setattr(connection, _SPAN, span)
        except BaseException as problem:
            calls.failed(span, problem)
            span.end()
            raise
        return result

    @functools.wraps(getresponse)
    def answered(connection: Any) -> Any:  # noqa: ANN401
        span = connection.__dict__.pop(_SPAN, None)
        if span is None:
            return getresponse(connection)
        try:
            answer = getresponse(connection)
        except BaseException as problem:
            calls.failed(span, problem)
            raise
        else:
            _answered(span, answer)
            return answer
        finally:
            span.end()

    module.HTTPConnection.request, module.HTTPConnection.getresponse = asked, answered


def _change_httpx(module: Any) -> None:  # noqa: ANN401
    send, send_later = module.Client.send, module.AsyncClient.send

    def begun(request: Any) -> trace.Span | None:  # noqa: ANN401
        url = request.url
        span = _begun(request.method, url.scheme, url.host, url.port, url.path)
        if span is not None:
            request.headers[trace_header.NAME] = propagation.written(span.get_span_context())
        return span

    @functools.wraps(send)
    def sent(client: Any, request: Any, **more: Any) -> Any:  # noqa: ANN401
        span = begun(request)
        if span is None:
            return send(client, request, **more)
        with _held(span):
            answer = send(client, request, **more)
            _answered(span, answer, answer.status_code)
            return answer

    @functools.wraps(send_later)
    async def sent_later(client: Any, request: Any, **more: Any) -> Any:  # noqa: ANN401
        span = begun(request)
        if span is None:
            return await send_later(client, request, **more)
        with _held(span):
            answer = await send_later(client, request, **more)
            _answered(span, answer, answer.status_code)
            return answer

    module.Client.send, module.AsyncClient.send = sent, sent_later


def _change_aiohttp(module: Any) -> None:  # noqa: ANN401
    request = module.ClientSession._request

    @functools.wraps(request)
    async def asked(session: Any, method: str, str_or_url: Any, **more: Any) -> Any:  # noqa: ANN401
        parts = urlsplit(str(str_or_url))
        span = _begun(method, parts.scheme, parts.hostname or "", parts.port, parts.path)
        if span is None:
            return await request(session, method, str_or_url, **more)
        with _held(span):
            with suppress(Exception):
                more["headers"] = _with_header(dict(more.get("headers") or {}), span)
            answer = await request(session, method, str_or_url, **more)
            _answered(span, answer)
            return answer

    module.ClientSession._request = asked


@contextmanager
def _held(span: trace.Span) -> Iterator[None]:
    """The call is made in here."""
    try:
        with calls.inside(span):
            yield
    except BaseException as problem:
        calls.failed(span, problem)
        raise
    finally:
        span.end()


def _begun(method: str, scheme: str, host: str, port: int | None, url: str) -> trace.Span | None:
    return calls.begun(METHOD, lambda: method, lambda: _attributes(method, scheme, host, port, url))


def _attributes(method: str, scheme: str, host: str, port: int | None, url: str) -> dict[str, Any]:
    """Query and user are left out: they may be secrets."""
    parts = urlsplit(url)
    where = host if port in (None, {"http": 80, "https": 443}.get(scheme)) else f"{host}:{port}"
    found = {METHOD: method, "url.full": f"{scheme}://{where}{parts.path or '/'}", "server.address": host}
    return found | ({"server.port": port} if port is not None else {})


def _with_header(headers: Any, span: trace.Span) -> Any:  # noqa: ANN401
    """A copy of the headers in which the span is the caller."""
    told = headers.copy()
    told[trace_header.NAME] = propagation.written(span.get_span_context())
    return told


def _answered(span: trace.Span, answer: Any, status: int | None = None) -> None:  # noqa: ANN401
    with suppress(Exception):
        status = answer.status if status is None else status
        span.set_attribute("http.response.status_code", status)
        if status >= 400:
            span.set_attribute("error.type", str(status))
            span.set_status(Status(StatusCode.ERROR))


CHANGES = {
    "urllib3.connectionpool": _change_urllib3,
    "http.client": _change_http_client,
    "httpx": _change_httpx,
    "aiohttp.client": _change_aiohttp,
}
