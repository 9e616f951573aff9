"""The one door: refuses strangers, answers control routes, sends each AWS request to the plane that serves it, and
observes what the front doors of AWS would have observed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shopfast_obs.localcloud import (
    awserrors,
    call,
    compression,
    doors,
    recorder,
    service_metrics,
    stage_segment,
    traceheader,
)
from shopfast_obs.localcloud.awsprotocol import AwsError
from shopfast_obs.localcloud.call import Call
from shopfast_obs.localcloud.control import PREFIX, Control
from shopfast_obs.localcloud.interface import ApiPlane, ApiRequest
from shopfast_obs.localcloud.ministack.app import (
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
from shopfast_obs.localcloud.observer import Observer
from shopfast_obs.localcloud.recorder import Recorder
from shopfast_obs.localcloud.routing import Head, head_of, headers_of
from shopfast_obs.localcloud.service_metrics import Answered
from shopfast_obs.localcloud.storage import CODE, STATUS, Storage, changes, is_query


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the door: MiniStack, who wants to know which of its services is in use, and whether what it
    changes can be stored."""

    application: Asgi
    touch: Callable[[str, str], None]
    storage: Storage


class Gateway:
    """The ASGI application that the cloud serves, in front of MiniStack's."""

    def __init__(self, cloud: Behind, planes: Sequence[ApiPlane], observer: Observer, control: Control) -> None:
        self._inner = cloud.application
        self._touch = cloud.touch
        self._storage = cloud.storage
        self._planes = planes
        self._observer = observer
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._inner(scope, receive, send)
            return
        headers = headers_of(scope["headers"])
        self._control.counters.requests += 1
        if not (doors.host_is_welcome(headers.get("host", "")) and doors.origin_is_welcome(headers.get("origin", ""))):
            self._control.counters.refused += 1
            await recorder.refuse(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._inner(scope, receive, send)
            return
        self._control.counters.active += 1
        try:
            await self._serve(scope, headers, receive, send)
        except recorder.TooLargeError:
            message = {"__type": "RequestEntityTooLarge", "message": "The request body is too large."}
            await recorder.answer_json(send, 413, message)
        finally:
            self._control.counters.active -= 1

    async def _serve(self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send) -> None:
        if scope["path"].startswith(PREFIX):
            answer = await self._control.answer(scope["method"], scope["path"], await recorder.read(receive))
            await recorder.answer_json(send, *answer)
            return
        head = head_of(scope["method"], scope["path"], headers, scope.get("query_string", b""))
        try:
            await self._dispatch(head, scope, receive, send)
        except AwsError as refusal:
            response = awserrors.response(head, refusal)
            await recorder.answer(send, response.status, response.body, response.headers)

    async def _dispatch(self, head: Head, scope: Scope, receive: Receive, send: Send) -> None:
        headers = head.headers
        now = Call(trace_header=headers.get("x-amzn-trace-id", ""))
        call.current.set(now)
        plane = self._plane(head)
        if plane is not None:
            self._control.counters.planes += 1
            body = compression.unpacked(await recorder.read(receive), headers)
            response = await plane.handle(_api_request(head, body))
            await recorder.answer(send, response.status, response.body, response.headers)
        elif not await self._front_door(head, now, scope, receive, send):
            if compression.is_packed(headers) and head.service != "s3":  # S3 stores what it is given
                scope, receive = await _unpacked(scope, receive, headers)
            await self._stored(head, scope, receive, send)

    def _plane(self, head: Head) -> ApiPlane | None:
        request = _api_request(head, b"")  # a plane claims by signature and path, before the body is read
        return next((plane for plane in self._planes if plane.claims(request)), None)

    async def _front_door(self, head: Head, now: Call, scope: Scope, receive: Receive, send: Send) -> bool:
        """Serve a request to an API or a Function URL; False when it is for neither."""
        host = head.headers.get("host", "")
        stage = api_stage(host, head.path)
        function = None if stage else url_function(host, head.path)
        if stage is None and function is None:
            return False
        now.http = (head.method, public_url(host, head.path)) if function else None
        now.front = "url" if stage is None else "rest" if stage.kind == "rest" else "http"
        if not traceheader.root_of(now.trace_header):
            now.trace_header = f"Root={traceheader.new_root()}"
            kept = [line for line in scope["headers"] if line[0].lower() != b"x-amzn-trace-id"]
            scope = {**scope, "headers": [*kept, (b"x-amzn-trace-id", now.trace_header.encode())]}
        root = f"Root={traceheader.root_of(now.trace_header)}"
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
            body = await recorder.read(receive) if is_query(head) else b""
            if reason := self._storage.refusal(head, body):
                await _refuse(head, reason, send)
                return
            receive = recorder.replay(body, receive) if body else receive
        if not changes(head):
            await self._application(head, scope, receive, send)
            return
        held = recorder.Held(send) if head.service == "s3" else None  # only its bodies go to disk at once
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
        inner = recorder.failing(fault.status, fault.body) if fault else self._inner
        if head.service == "dynamodb":
            body = await recorder.read(receive)
            watched = Recorder(send, keep_body=True)
            started = time.monotonic()
            await inner(scope, recorder.replay(body, receive), watched)
            answer = Answered(watched.status, time.monotonic() - started, watched.body)
            service_metrics.dynamodb(self._observer.within(head.scope), head.operation, body, answer)
        else:
            await inner(scope, receive, send)


async def _refuse(head: Head, reason: str, send: Send) -> None:
    response = awserrors.response(head, AwsError(CODE, reason, STATUS))
    await recorder.answer(send, response.status, response.body, response.headers)


async def _unpacked(scope: Scope, receive: Receive, headers: Mapping[str, str]) -> tuple[Scope, Receive]:
    """The same request with its body unpacked."""
    body = compression.unpacked(await recorder.read(receive), headers)
    plain = compression.without_packing(headers) | {"content-length": str(len(body))}
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in plain.items()]
    return {**scope, "headers": lines}, recorder.replay(body, receive)


def _api_request(head: Head, body: bytes) -> ApiRequest:
    return ApiRequest(
        head.method, head.path, head.headers, head.query, body, head.service, head.region, head.scope.account
    )
