"""Calls over HTTP as spans: urllib3 with what stands on it (requests), and Python's own http.client (urllib)."""

from __future__ import annotations

import functools
from contextlib import suppress
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
        try:
            with suppress(Exception):
                headers = _with_header(pool.headers if headers is None else headers, span)
            with calls.inside(span):
                answer = original(pool, method, url, body, headers, *args, **more)
        except BaseException as problem:
            calls.failed(span, problem)
            raise
        else:
            _answered(span, answer)
            return answer
        finally:
            span.end()

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


def _answered(span: trace.Span, answer: Any) -> None:  # noqa: ANN401
    with suppress(Exception):
        span.set_attribute("http.response.status_code", answer.status)
        if answer.status >= 400:
            span.set_attribute("error.type", str(answer.status))
            span.set_status(Status(StatusCode.ERROR))


CHANGES = {"urllib3.connectionpool": _change_urllib3, "http.client": _change_http_client}
