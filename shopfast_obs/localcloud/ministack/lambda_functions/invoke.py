"""Lambda's Invoke, served past MiniStack's front door, which costs a warm invocation dear; with AWS's refusals."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping
from urllib.parse import unquote

from shopfast_obs.facts import whole
from shopfast_obs.localcloud.gateway import call
from shopfast_obs.localcloud.interface import ApiRequest, ApiResponse
from shopfast_obs.localcloud.ministack.lambda_functions import durable_runner

_PATH = re.compile(r"/2015-03-31/functions/[^/]+/invocations")
LARGEST = {"RequestResponse": whole("lambda-max-event"), "Event": whole("lambda-max-asynchronous-event")}  # bytes


class Invocations:
    """The API of `Invoke`."""

    def claims(self, request: ApiRequest) -> bool:
        """True for an Invoke, signed or not."""
        return request.method == "POST" and bool(_PATH.fullmatch(request.path))

    async def handle(self, request: ApiRequest) -> ApiResponse:
        """The function's answer byte for byte, or AWS's refusal; the request id is the invocation's."""
        from ministack.core.responses import request_scope
        from ministack.services import lambda_svc

        request_id = str(uuid.uuid4())
        refusal = _refusal(request)
        if refusal is not None:
            return _answer(*refusal, request_id)
        _tell_call(request, request_id)
        with request_scope(request.scope.account, request.scope.region):
            if _is_taken(request):
                return _answer(*_TAKEN, request_id)
            status, headers, body = await lambda_svc.handle_request(
                request.method, request.path, request.headers, request.body, request.query
            )
        now = call.current.get()
        if now and now.durable_arn:
            headers = {**headers, "X-Amz-Durable-Execution-Arn": now.durable_arn}
        return _answer(status, headers, body, request_id)


def _is_taken(request: ApiRequest) -> bool:
    """Whether an execution with another input has the name that this one shall have."""
    name = request.headers.get("x-amz-durable-execution-name", "")
    function = unquote(request.path.split("/")[3]).rpartition(":function:")[2].split(":")[0]
    return bool(name) and durable_runner.is_taken(function, name, request.body)


def _tell_call(request: ApiRequest, request_id: str) -> None:
    """What the invocation will need to know of the request."""
    now = call.current.get()
    if now is None:
        return
    now.request_id = request_id
    now.raw_payload = True
    now.durable_name = request.headers.get("x-amz-durable-execution-name", "")
    now.client_context = _client_context(request.headers)
    now.wants_log = request.headers.get("x-amz-log-type", "").lower() == "tail"


def _refusal(request: ApiRequest) -> tuple[int, Mapping[str, str], bytes] | None:
    kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
    size, allowed = len(request.body), LARGEST.get(kind, LARGEST["RequestResponse"])
    if size > allowed:
        text = f"{size} byte payload is too large for the {kind} invocation type (limit {allowed} bytes)"
        return _error(413, "RequestTooLargeException", text)
    try:
        json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as problem:
        text = f"Could not parse request body into json: Could not parse payload into json: {problem}"
        return _error(400, "InvalidRequestContentException", text)
    return None


def _error(status: int, kind: str, message: str) -> tuple[int, Mapping[str, str], bytes]:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": kind}
    return status, headers, json.dumps({"Type": "User", "message": message}).encode()


_TAKEN = _error(
    409,
    "DurableExecutionAlreadyStartedException",
    "An execution with this name has been started with another input.",
)


def _answer(status: int, headers: Mapping[str, str], body: bytes, request_id: str) -> ApiResponse:
    return ApiResponse(status, body, {**headers, "x-amzn-RequestId": request_id})


def _client_context(headers: Mapping[str, str]) -> str:
    """The JSON that a caller of `Invoke` gives the function beside its event, or empty."""
    try:
        return base64.b64decode(headers.get("x-amz-client-context", ""), validate=True).decode()
    except ValueError:
        return ""
