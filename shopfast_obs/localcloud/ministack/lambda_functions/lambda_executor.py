"""MiniStack's functions run on our host: what it would execute becomes a FunctionSpec and an Invocation."""

from __future__ import annotations

import hashlib
import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping

from shopfast_obs.localcloud.gateway import call
from shopfast_obs.localcloud.interface import FunctionHost, FunctionSpec, Invocation, InvokeResult
from shopfast_obs.localcloud.ministack.lambda_functions.durable_runner import DurableExecutions
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.observer import Observer

_LOG = logging.getLogger(__name__)
Record = dict[str, Untyped]
Result = dict[str, Untyped]
# What a revision does not depend on: these change without a new execution environment.
_VOLATILE = ("State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason")
_VOLATILE_TOO = ("LastUpdateStatusReasonCode", "LastModified", "RevisionId", "FunctionArn", "Description", "Version")


class Functions:
    """Runs MiniStack's function records on a FunctionHost, with MiniStack's accounting of concurrency."""

    def __init__(self, lambda_svc: Untyped, host: FunctionHost, observer: Observer, touch: Callable[[], None]) -> None:
        self._svc = lambda_svc
        self._touch = touch
        self._host = host
        self._observer = observer
        from ministack.services import lambda_durable

        self.durable = DurableExecutions(lambda_svc, lambda_durable, observer, touch)
        self.durable.install(self.once)

    def execute(self, func: Record, event: Untyped) -> Result:
        """Run one invocation as MiniStack's own `_execute_function` does; the request's call says how to answer."""
        config = func.get("config") or func
        if self._svc._function_config_scope_mismatch(config):
            scoped: Callable[..., Result] = self._svc._run_with_function_config_scope
            return scoped(config, self.execute, func, event)
        now = call.current.get()
        request_id = (now.take_request_id() if now else "") or _url_request_id(event) or str(uuid.uuid4())
        began = time.time()
        try:
            return self.run(func, event, request_id, raw=bool(now and now.raw_payload))
        finally:
            if now:
                now.integration = began, time.time()
                now.function = config.get("FunctionName", "")

    def run(self, func: Record, event: Untyped, request_id: str, raw: bool = False) -> Result:
        """Run one invocation under a given request id, or report that it is throttled; of a durable function, the
        execution that the event begins, to its end."""
        arn = self.begin_execution(func, event, request_id)
        return self.finish_execution(arn, raw) if arn else self.once(func, event, request_id, raw)

    def begin_execution(self, func: Record, event: Untyped, request_id: str) -> str:
        """The ARN of the durable execution that the event begins; empty for other functions."""
        config = func.get("config") or func
        return self.durable.begin(config, event, request_id) if self.durable.concerns(config, event) else ""

    def finish_execution(self, arn: str, raw: bool = False) -> Result:
        """What a durable execution has come to, once it has."""
        result = self.durable.finish(arn)
        return result if raw else {**result, "body": json.loads(result["body"])}

    def once(self, func: Record, event: Untyped, request_id: str, raw: bool = False) -> Result:
        """Run one invocation of the handler, or report that it is throttled."""
        config = func.get("config") or func
        slot, limit = self._svc._acquire_execution_slot(func, config)
        if slot is None:
            return self._throttled(config["FunctionName"], limit)
        try:
            return _result(self._invoke(func, config, event, request_id), raw)
        except Exception as problem:  # a broken host must look like AWS's own failure, not like the function's
            _LOG.exception("invocation %s of %s failed in the host", request_id, config.get("FunctionName"))
            return _failure("ServiceException", str(problem))
        finally:
            self._svc._release_execution_slot(slot)
            self._touch()

    def _invoke(self, func: Record, config: Record, event: Untyped, request_id: str) -> InvokeResult:
        now = call.current.get()
        invocation = Invocation(
            request_id=request_id,
            event=json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode(),
            invoked_arn=config.get("FunctionArn", ""),
            trace_header=call.trace_header(),
            client_context=now.take_client_context() if now else "",
            http=now.take_http() if now else None,
            wants_log=bool(now and now.wants_log),
            attempt=now.attempt if now else "",
            links=now.links if now else (),
        )
        return self._host.invoke(self.spec(func), invocation)

    def spec(self, func: Record) -> FunctionSpec:
        """The function as the host runs it; raises ValueError when the record holds no code."""
        config = func.get("config") or func
        code = func.get("code_zip")
        if not code:
            raise ValueError(f"{config.get('FunctionName')} has no code")
        account, region = self._svc._account_region_from_function_config(config)
        logging_config = config.get("LoggingConfig") or {}
        name, version = config["FunctionName"], config.get("Version", "$LATEST")
        return FunctionSpec(
            arn=f"arn:aws:lambda:{region}:{account}:function:{name}",
            name=name,
            version=version,
            revision=_revision(config),
            handler=config.get("Handler", ""),
            runtime=config.get("Runtime", ""),
            timeout=int(config.get("Timeout", 3)),
            memory_mb=int(config.get("MemorySize", 128)),
            code_zip=code,
            environment=_environment(config),
            layers=tuple((layer["Arn"], self._svc._resolve_layer_zip(layer)) for layer in config.get("Layers") or ()),
            tracing_mode=(config.get("TracingConfig") or {}).get("Mode", "PassThrough"),
            log_format=logging_config.get("LogFormat", "Text"),
            log_group=logging_config.get("LogGroup") or f"/aws/lambda/{name}",
            application_log_level=logging_config.get("ApplicationLogLevel", ""),
            system_log_level=logging_config.get("SystemLogLevel", ""),
            region=region,
            account=account,
        )

    def _throttled(self, name: str, limit: str) -> Result:
        for dimensions in ({"FunctionName": name}, {"FunctionName": name, "Resource": name}, {}):
            self._observer.count("AWS/Lambda", "Throttles", dimensions)
        reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
        if limit != "function":
            reason = "ConcurrentInvocationLimitExceeded"
        throttled: Result = self._svc._throttle_response(reason_code=reason, msg="Rate Exceeded.")
        return throttled


def _environment(config: Mapping[str, Untyped]) -> dict[str, str]:
    variables = (config.get("Environment") or {}).get("Variables") or {}
    return {str(key): str(value) for key, value in variables.items()}


def _revision(config: Record) -> str:
    stable = {key: value for key, value in config.items() if key not in (*_VOLATILE, *_VOLATILE_TOO)}
    return hashlib.sha256(json.dumps(stable, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _url_request_id(event: Untyped) -> str:
    """A Function URL's request id is its invocation's."""
    context = event.get("requestContext") if isinstance(event, dict) else None
    if isinstance(context, dict) and ".lambda-url." in str(context.get("domainName", "")):
        return str(context.get("requestId", ""))
    return ""


def _result(answer: InvokeResult, raw: bool) -> Result:
    result: Result = {"body": answer.payload, "log": answer.log_tail.decode("utf-8", "replace")}
    if not raw:
        try:
            result["body"] = json.loads(answer.payload) if answer.payload else None
        except (ValueError, RecursionError):
            result["body"], result["raw_payload"] = answer.payload.decode("utf-8", "replace"), True
    if answer.function_error:
        result.update(error=True, function_error=answer.function_error)
    return result


def _failure(kind: str, message: str) -> Result:
    return {"body": {"errorType": kind, "errorMessage": message}, "error": True, "log": ""}
