"""AWS's wire protocols, driven by botocore's service models: requests to plain parameters, results to responses.

CloudWatch speaks Smithy RPC v2 CBOR, JSON and query; X-Ray REST-JSON without anything but a body. Timestamps are epoch
seconds on our side of the wire.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import orjson

from shopfast_obs.localcloud.interface import ApiRequest, ApiResponse
from shopfast_obs.localcloud.protocol import cbor

CBOR, JSON, QUERY, REST = "smithy-rpc-v2-cbor", "json", "query", "rest-json"
Json = Any  # what a JSON or CBOR document may hold
Shape = Any  # botocore's models carry no types
NOT_FINITE = ("NaN", "Infinity", "-Infinity")  # how JSON carries them
MAX_DEPTH = 64  # deeper requests than any operation has are refused before they are walked


class AwsError(Exception):
    """An error in AWS's terms: the code of the error shape, what is wrong, and what else the shape has."""

    def __init__(self, code: str, message: str, status: int = 400, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}


@dataclass(frozen=True, slots=True)
class Call:
    """One decoded request: the operation's name, its parameters, the protocol to answer in."""

    operation: str
    parameters: Mapping[str, Any]
    protocol: str


class Codec:
    """Decodes the requests of one service and encodes the answers."""

    def __init__(self, service: str) -> None:
        self.model = _model(service)
        self._operations = set(self.model.operation_names)
        self._uris = {self.model.operation_model(name).http["requestUri"]: name for name in sorted(self._operations)}

    def protocol(self, request: ApiRequest) -> str:
        """The protocol that the request is written in."""
        if self.model.metadata["protocol"] == REST:
            return REST
        content = request.headers.get("content-type", "")
        if "cbor" in content or request.headers.get("smithy-protocol") == "rpc-v2-cbor":
            return CBOR
        return JSON if "json" in content or "x-amz-target" in request.headers else QUERY

    def decode(self, request: ApiRequest) -> Call:
        """The operation and its checked parameters; raises AwsError for what is no request of the service."""
        protocol = self.protocol(request)
        fields = _query_fields(request) if protocol == QUERY else {}
        operation = self._operation(request, protocol, fields)
        shape = self.model.operation_model(operation).input_shape
        if shape is None:
            return Call(operation, {}, protocol)
        try:
            raw = _query_parameters(self.model.service_name, operation, fields) if fields else _body(request, protocol)
            parameters = _checked(raw, shape, shape.name)
        except (TypeError, ValueError, RuntimeError, OverflowError) as problem:
            raise AwsError("SerializationException", f"The request could not be read: {problem}") from None
        return Call(operation, parameters, protocol)

    def _operation(self, request: ApiRequest, protocol: str, fields: Mapping[str, str]) -> str:
        if protocol == REST:
            name = self._uris.get(request.path.rstrip("/") or "/", "")
        elif protocol == CBOR:
            name = request.path.rpartition("/operation/")[2]
        else:
            name = request.headers.get("x-amz-target", "").rpartition(".")[2] or fields.get("Action", "")
        if name not in self._operations:
            raise AwsError(
                "UnknownOperationException", f"{name or request.path} is not an operation of this service.", 404
            )
        return str(name)

    def encode(self, call: Call, result: Mapping[str, Any]) -> ApiResponse:
        """The answer to a call."""
        model = self.model.operation_model(call.operation)
        if call.protocol == QUERY:
            return _query_response(self.model.service_name, call.operation, result)
        plain = {} if model.output_shape is None else _plain(result, model.output_shape)
        if call.protocol == CBOR:
            return _response(200, cbor.encode(plain, model.output_shape), call.protocol, {})
        return _response(200, orjson.dumps(plain, option=orjson.OPT_NON_STR_KEYS), call.protocol, {})

    def encode_error(self, error: AwsError, protocol: str) -> ApiResponse:
        """An error as the service's clients expect it."""
        shape = next((s for s in self.model.error_shapes if error.code in (s.name, s.error_code)), None)
        name, code = (shape.name, shape.error_code) if shape is not None else (error.code, error.code)
        status = error.status
        if shape is not None:
            status = shape.metadata.get("error", {}).get("httpStatusCode", error.status)
        if protocol == QUERY:
            return _query_error(self.model, code, error.message, status)
        if protocol == REST:
            return _response(status, orjson.dumps({"Message": error.message}), protocol, {"x-amzn-ErrorType": name})
        fault = "Sender" if status < 500 else "Receiver"
        body = {"__type": f"com.amazonaws.{self.model.service_name}#{name}", "message": error.message}
        encoded = cbor.encode_texts(body) if protocol == CBOR else orjson.dumps({**body, **error.members})
        return _response(status, encoded, protocol, {"x-amzn-query-error": f"{code};{fault}", "x-amzn-errortype": name})


@cache
def _model(service: str) -> Shape:
    import botocore.session

    return botocore.session.get_session().get_service_model(service)


def _body(request: ApiRequest, protocol: str) -> Json:
    if not request.body:
        return {}
    if protocol != CBOR:
        return orjson.loads(request.body)
    return cbor.decode(request.body)


def _query_fields(request: ApiRequest) -> dict[str, str]:
    fields = {name: values[-1] for name, values in request.query.items() if values}
    return fields | dict(
        parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100_000)
    )


def _query_parameters(service: str, operation: str, fields: Mapping[str, str]) -> Json:
    from moto.core.parse import QueryParser
    from moto.core.utils import get_service_model

    # moto's models know more of the query protocol than botocore's
    parser = QueryParser(get_service_model(service).operation_model(operation), timestamp_parser=_seconds)
    return parser.parse({"values": fields})  # type: ignore[typeddict-item]


def _seconds(value: Json) -> float:
    """A timestamp of any protocol as epoch seconds."""
    if isinstance(value, bool) or value is None:
        raise ValueError(f"{value!r} is not a timestamp")
    if isinstance(value, int | float):
        seconds = float(value)
    elif isinstance(value, datetime):
        seconds = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    else:
        from botocore.utils import parse_timestamp

        parsed = parse_timestamp(str(value))
        seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < 253402300800:  # the year 10000, where Python's dates end
        raise ValueError(f"{value!r} is not a timestamp")
    return seconds


def _checked(value: Json, shape: Shape, where: str, depth: int = 0) -> Json:
    """The value with the types of its shape, without unknown members; raises TypeError, ValueError or AwsError."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    kind = shape.type_name
    if kind == "structure":
        return _checked_structure(value, shape, where, depth)
    if kind == "list":
        if not isinstance(value, list | tuple):
            raise TypeError(f"{where} is not a list")
        return [_checked(item, shape.member, f"{where}.{n}", depth + 1) for n, item in enumerate(value, 1)]
    if kind == "map":
        if not isinstance(value, Mapping):
            raise TypeError(f"{where} is not a map")
        return {str(k): _checked(v, shape.value, f"{where}.{k}", depth + 1) for k, v in value.items()}
    return _checked_scalar(value, shape, where)


def _checked_structure(value: Json, shape: Shape, where: str, depth: int) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} is not a structure")
    missing = [name for name in shape.required_members if value.get(name) is None]
    if missing:
        code = "InvalidRequestException" if where.startswith(("Get", "Batch")) else "MissingParameter"
        raise AwsError(code, f"The parameter {missing[0]} is required.")
    return {
        name: _checked(value[name], member, name, depth + 1)
        for name, member in shape.members.items()
        if value.get(name) is not None
    }


def _checked_scalar(value: Json, shape: Shape, where: str) -> Json:
    kind = shape.type_name
    if kind == "timestamp":
        return _seconds(value)
    if kind in ("float", "double"):
        if isinstance(value, bool) or not (isinstance(value, int | float) or value in NOT_FINITE):
            raise TypeError(f"{where} is not a number")
        return float(value)
    if kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int | float) or int(value) != value:
            raise TypeError(f"{where} is not a whole number")
        return int(value)
    wanted: type = {"boolean": bool, "blob": bytes}.get(kind, str)
    if not isinstance(value, wanted):
        raise TypeError(f"{where} is not a {kind}")
    return value


def _plain(value: Json, shape: Shape) -> Json:
    """A result as JSON or CBOR carries it; members that are None or unknown are left out."""
    kind = shape.type_name
    if kind == "structure":
        return {
            name: _plain(value[name], member) for name, member in shape.members.items() if value.get(name) is not None
        }
    if kind == "list":
        return [_plain(item, shape.member) for item in value]
    if kind == "map":
        return {key: _plain(item, shape.value) for key, item in value.items()}
    if kind in ("float", "double", "timestamp"):
        return float(value)
    return int(value) if kind in ("integer", "long") else value


def _response(status: int, body: bytes, protocol: str, headers: Mapping[str, str]) -> ApiResponse:
    common = {"x-amzn-RequestId": str(uuid.uuid4()), **headers}
    if protocol == CBOR:
        common |= {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    else:
        common["Content-Type"] = "application/json" if protocol == REST else "application/x-amz-json-1.0"
    return ApiResponse(status, body, common)


def _query_response(service: str, operation: str, result: Mapping[str, Any]) -> ApiResponse:
    from moto.core.serialize import QuerySerializer, SerializationContext
    from moto.core.utils import get_service_model

    model = get_service_model(service).operation_model(operation)
    request_id = str(uuid.uuid4())
    answer = QuerySerializer(model, SerializationContext(request_id)).serialize(_dated(result))
    return ApiResponse(200, str(answer["body"]).encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": request_id})


def _dated(value: Json) -> Json:
    """Plain containers for the XML serialiser, which takes attributes of anything else."""
    if isinstance(value, Mapping):
        return {key: _dated(item) for key, item in value.items()}
    return [_dated(item) for item in value] if isinstance(value, list | tuple) else value


def _query_error(model: Shape, code: str, message: str, status: int) -> ApiResponse:
    from xml.sax.saxutils import escape

    request_id = str(uuid.uuid4())
    kind = "Sender" if status < 500 else "Receiver"
    body = (
        f'<ErrorResponse xmlns="{model.metadata.get("xmlNamespace", "")}"><Error><Type>{kind}</Type>'
        f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return ApiResponse(status, body.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": request_id})
