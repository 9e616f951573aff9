"""The one door: refuses strangers, answers control routes, sends each AWS request to the API that answers it, and
observes what the front doors of AWS would have observed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from shopfast_obs.localcloud import service_metrics, stage_segment
from shopfast_obs.localcloud.gateway import asgi, call, host_and_origin, trace_header
from shopfast_obs.localcloud.gateway.access import Guard
from shopfast_obs.localcloud.gateway.asgi import Recorder
from shopfast_obs.localcloud.gateway.call import Call
from shopfast_obs.localcloud.gateway.control import PREFIX, Control
from shopfast_obs.localcloud.gateway.http_server import Reply
from shopfast_obs.localcloud.interface import ApiRequest, ServedApi
from shopfast_obs.localcloud.ministack.asgi_app import (
    ApiStage,
    Asgi,
    Receive,
    Scope,
    Send,
    UrlFunction,
    api_stage,
    public_url,
    url_function,
)
from shopfast_obs.localcloud.ministack.dynamodb import direct, encoding
from shopfast_obs.localcloud.ministack.dynamodb.encoding import Answer
from shopfast_obs.localcloud.ministack.http import unsigned_requests
from shopfast_obs.localcloud.observer import Observer
from shopfast_obs.localcloud.protocol import compression, errors
from shopfast_obs.localcloud.protocol.routing import Head, head_of, headers_of
from shopfast_obs.localcloud.protocol.wire import AwsError
from shopfast_obs.localcloud.service_metrics import Answered
from shopfast_obs.localcloud.state.storage import CODE, STATUS, Storage, changes, is_query

BRIEF = 1 << 18  # bytes that are hashed in passing; more would keep everybody else waiting
FORBIDDEN = (
    b'{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    b'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)
_DENIED = {"x-amzn-ErrorType": "AccessDeniedException"}


@dataclass(frozen=True, slots=True)
class Backend:
    """What stands behind the door: MiniStack, who wants to know which of its services is in use, and whether what it
    changes can be stored."""

    application: Asgi
    touch: Callable[[str, str], None]
    storage: Storage


class Gateway:
    """The ASGI application that the cloud serves, in front of MiniStack's."""

    def __init__(
        self, cloud: Backend, apis: Sequence[ServedApi], observer: Observer, control: Control, guard: Guard
    ) -> None:
        self._inner = cloud.application
        self._touch = cloud.touch
        self._storage = cloud.storage
        self._apis = apis
        self._observer = observer
        self._control = control
        self._guard = guard
        control.refused = guard.refused.counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._inner(scope, receive, send)
            return
        headers = headers_of(scope["headers"])
        self._control.counters.requests += 1
        if not (
            host_and_origin.host_is_welcome(headers.get("host", ""))
            and host_and_origin.origin_is_welcome(headers.get("origin", ""))
        ):
            self._control.counters.refused += 1
            origin = f"{headers.get('host', '')} {headers.get('origin', '')}"
            self._guard.refused.note("foreign name", f"{scope['path']} at {origin}")
            await asgi.refuse(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._websocket(scope, headers, receive, send)
            return
        self._control.counters.active += 1
        try:
            await self._serve(scope, headers, receive, send)
        except asgi.TooLargeError:
            message = {"__type": "RequestEntityTooLarge", "message": "The request body is too large."}
            await asgi.answer_json(send, 413, message)
        finally:
            self._control.counters.active -= 1

    async def _serve(self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        head = head_of(scope["method"], scope["path"], headers, scope.get("query_string", b""))
        try:
            if head.path.startswith(PREFIX):
                self._guard.page(head)
                _, body = await self._admitted(head, scope, receive)
                await asgi.answer_json(send, *await self._control.answer(head.method, head.path, body or b""))
            else:
                await self._dispatch(head, scope, receive, send)
        except AwsError as refusal:
            self._control.counters.refused += 1
            response = errors.response(head, refusal)
            await asgi.answer(send, response.status, response.body, response.headers)

    async def _dispatch(self, head: Head, scope: Scope, receive: Receive, send: Send) -> None:
        now = Call(trace_header=head.headers.get("x-amzn-trace-id", ""))
        call.current.set(now)
        if direct.answers(head):
            head, body = await self._admitted(head, scope, receive)
            status, headers, content = self._tables(head, body or b"")
            await asgi.answer(send, status, content, headers)
            return
        api = self._own_api(head)
        if api is not None:
            self._control.counters.own_apis += 1
            head, body = await self._admitted(head, scope, receive)
            response = await api.handle(_api_request(head, compression.unpacked(body or b"", head.headers)))
            await asgi.answer(send, response.status, response.body, response.headers)
        elif not await self._front_door(head, now, scope, receive, send):
            await self._api(head, scope, receive, send)

    async def _api(self, head: Head, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request to an API of MiniStack's, or to what AWS answers without a signature."""
        if unsigned_requests.is_public(head):
            await self._stored(head, scope, receive, send)
            return
        if unsigned_requests.is_confirmation(head):
            nothing = asgi.replay(b"", receive)  # the link is all that counts
            await self._stored(head._replace(service="sns"), scope, nothing, send)
            return
        head, body = await self._admitted(head, scope, receive)
        if body is not None:
            receive = asgi.replay(body, receive)
        if compression.is_packed(head.headers) and head.service != "s3":  # S3 stores what it is given
            scope, receive = _unpacked(scope, body or b"", head.headers, receive)
        await self._stored(head, scope, receive, send)

    async def _admitted(self, head: Head, scope: Scope, receive: Receive) -> tuple[Head, bytes | None]:
        """The request's head with its signer's account, and its body unless that is too large to be held; raises
        AwsError for a caller that this cloud does not know."""
        signed, keys = self._guard.signer(head, _raw_path(scope))
        body = None if _streams(head) else await asgi.read(receive)
        if body is None or len(body) < BRIEF:
            self._guard.verify(head, signed, keys, body)
        else:
            await asyncio.to_thread(self._guard.verify, head, signed, keys, body)
        return head.of(keys.access_key_id), body

    async def _websocket(self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        """Stages of APIs and AppSync ask for what they want themselves; any other needs a signed address."""
        head = head_of("GET", scope["path"], headers, scope.get("query_string", b""))
        host = headers.get("host", "")
        try:
            if api_stage(host, head.path) is None and ".appsync-realtime-api." not in host:
                self._guard.verify(head, *self._guard.signer(head, _raw_path(scope)), None)
        except AwsError:
            self._control.counters.refused += 1
            await asgi.refuse(scope, receive, send)
            return
        await self._inner(scope, receive, send)

    def _own_api(self, head: Head) -> ServedApi | None:
        request = _api_request(head, b"")  # an API claims by signature and path, before the body is read
        return next((api for api in self._apis if api.claims(request)), None)

    async def _front_door(self, head: Head, now: Call, scope: Scope, receive: Receive, send: Send) -> bool:
        """Serve a request to an API or a Function URL; False when it is for neither."""
        host = head.headers.get("host", "")
        stage = api_stage(host, head.path)
        function = None if stage else url_function(host, head.path)
        if (stage is None and function is None) or unsigned_requests.mistakes_for_api(host, head.path):
            return False
        if function is not None and not function.open:
            self._guard.refused.note("no permission for a Function URL", f"{function.name} {head.path}")
            await asgi.answer(send, 403, FORBIDDEN, {"content-type": "application/json", **_DENIED})
            return True
        signed = function.signed if function else unsigned_requests.stage_needs_signature(host, head.path, head.method)
        if signed and head.method != "OPTIONS":
            _, body = await self._admitted(head, scope, receive)
            receive = asgi.replay(body or b"", receive)
        now.http = (head.method, public_url(host, head.path)) if function else None
        now.front = "url" if stage is None else "rest" if stage.kind == "rest" else "http"
        if not trace_header.root_of(now.trace_header):
            now.trace_header = f"Root={trace_header.new_root()}"
            kept = [line for line in scope["headers"] if line[0].lower() != b"x-amzn-trace-id"]
            scope = {**scope, "headers": [*kept, (b"x-amzn-trace-id", now.trace_header.encode())]}
        root = f"Root={trace_header.root_of(now.trace_header)}"
        watched = Recorder(send, headers={"x-amzn-trace-id": root} if stage else None)  # MiniStack adds a URL's
        segment = stage_segment.begin(stage, head, now.trace_header, time.time()) if stage else None
        if segment:
            now.trace_header = segment.downstream
        started = time.monotonic()
        await self._inner(scope, receive, watched)
        self._touch("", "")
        self._observe(stage, function, now, Answered(watched.status, time.monotonic() - started, size=watched.size))
        if segment:
            self._observer.segment(segment.document(now, watched.status, time.time()))
        return True

    def _observe(self, stage: ApiStage | None, function: UrlFunction | None, now: Call, answer: Answered) -> None:
        if stage is not None:
            service_metrics.api(self._observer.within(stage.owner), stage, now, answer)
        elif function and function.name:
            service_metrics.function_url(self._observer.within(function.owner), function.name, answer)

    async def _stored(self, head: Head, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve an AWS request whose changes can be stored; refuse the others."""
        if self._storage.may_refuse(head):
            body = await asgi.read(receive) if is_query(head) else b""
            if reason := self._storage.refusal(head, body):
                await _refuse(head, reason, send)
                return
            receive = asgi.replay(body, receive) if body else receive
        if not changes(head):
            await self._application(head, scope, receive, send)
            return
        held = asgi.Held(send) if head.service == "s3" else None  # only its bodies go to disk at once
        with self._storage.under_way(head) as unwritten:
            await self._application(head, scope, receive, held or send)
        if held and unwritten:
            await _refuse(head, f"The object is not stored: {unwritten[0]}.", send)
        elif held:
            await held.release()

    async def _application(self, head: Head, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an AWS request to MiniStack, and observe what DynamoDB answers."""
        self._touch(head.service, head.operation)
        fault = self._control.faults.strike(head.service, head.operation)
        inner = asgi.failing(fault.status, fault.body) if fault else self._inner
        if head.service == "dynamodb":
            body = await asgi.read(receive)
            watched = Recorder(send, keep_body=True)
            started = time.monotonic()
            await inner(scope, asgi.replay(body, receive), watched)
            answer = Answered(watched.status, time.monotonic() - started, watched.body)
            service_metrics.dynamodb(self._observer.within(head.scope), head.operation, body, answer)
        else:
            await inner(scope, receive, send)

    def brief(self, method: bytes, address: bytes, lines: Sequence[tuple[bytes, bytes]]) -> Reply | None:
        """What answers one of DynamoDB's data operations, which functions call all the time, without waiting for
        anything; None for other requests, and for one whose signature takes long to check."""
        if method != b"POST" or address != b"/":
            return None
        headers = headers_of(lines)
        if not headers.get("x-amz-target", "").startswith(direct.TARGET):
            return None
        head = head_of("POST", "/", headers, b"")
        length = headers.get("content-length", "")
        small = length.isdecimal() and int(length) < BRIEF
        return partial(self._brief, head) if small and direct.answers(head) else None

    def _brief(self, head: Head, body: bytes) -> Answer:
        self._control.counters.requests += 1
        token = call.current.set(Call(trace_header=head.headers.get("x-amzn-trace-id", "")))
        try:
            signed, keys = self._guard.signer(head, "/")
            self._guard.verify(head, signed, keys, body)
            return self._tables(head.of(keys.access_key_id), body)
        except AwsError as refusal:
            self._control.counters.refused += 1
            return _refusal(head, refusal)
        finally:
            call.current.reset(token)

    def _tables(self, head: Head, body: bytes) -> Answer:
        """The answer to one of DynamoDB's data operations."""
        reason = self._storage.refusal(head) if self._storage.may_refuse(head) else ""
        if reason:
            return _refusal(head, AwsError(CODE, reason, STATUS))
        owner, operation, started = head.scope, head.operation, time.monotonic()
        fault = self._control.faults.strike(head.service, operation)
        self._touch(head.service, operation)
        if fault:
            status, headers, content = fault.status, {"content-type": encoding.CONTENT_TYPE}, fault.body
        else:
            with self._storage.under_way(head) if changes(head) else nullcontext():
                status, headers, content = direct.answer(owner, operation, body)
        answered = Answered(status, time.monotonic() - started, content)
        service_metrics.dynamodb(self._observer.within(owner), operation, body, answered)
        return status, headers, content


def _refusal(head: Head, refused: AwsError) -> Answer:
    response = errors.response(head, refused)
    return response.status, dict(response.headers), response.body


async def _refuse(head: Head, reason: str, send: Send) -> None:
    response = errors.response(head, AwsError(CODE, reason, STATUS))
    await asgi.answer(send, response.status, response.body, response.headers)


def _raw_path(scope: Scope) -> str:
    """The path as the request line has it, which is what clients sign."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1") if raw else quote(scope["path"])


def _streams(head: Head) -> bool:
    """True for an upload to S3 that is larger than what we hold; its signature covers the head, with the digest."""
    length = head.headers.get("content-length", "")
    large = length.isdecimal() and int(length) > asgi.MAX_BODY
    return large and head.service.startswith("s3") and "x-amz-content-sha256" in head.headers


def _unpacked(scope: Scope, body: bytes, headers: Mapping[str, str], receive: Receive) -> tuple[Scope, Receive]:
    """The same request with its body unpacked."""
    content = compression.unpacked(body, headers)
    plain = compression.without_packing(headers) | {"content-length": str(len(content))}
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in plain.items()]
    return {**scope, "headers": lines}, asgi.replay(content, receive)


def _api_request(head: Head, body: bytes) -> ApiRequest:
    return ApiRequest(
        head.method, head.path, head.headers, head.query, body, head.service, head.region, head.scope.account
    )
