"""MiniStack as an ASGI application, and what the gateway asks of it about a request."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field

from shopfast_obs.localcloud.interface import ACCOUNT
from shopfast_obs.localcloud.interface import Scope as Owner
from shopfast_obs.localcloud.ministack.http import unsigned_requests
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.protocol.routing import DEFAULT_REGION

Scope = MutableMapping[str, Untyped]
Message = MutableMapping[str, Untyped]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ApiStage:
    """The stage of an API that a request is for. `kind` is `rest` or `http`."""

    kind: str
    id: str
    name: str
    stage: str
    traced: bool = False
    region: str = "us-east-1"
    path: str = "/"
    account: str = ACCOUNT

    @property
    def owner(self) -> Owner:
        """The account and region of the API."""
        return Owner(self.account, self.region)


@dataclass(frozen=True, slots=True)
class UrlFunction:
    """The function that a Function URL is for; `name` is empty for a URL that nobody has."""

    name: str = ""
    owner: Owner = field(default_factory=Owner)
    signed: bool = False  # its AuthType is AWS_IAM
    open: bool = True  # its function's policy lets everybody call it, or those who sign


def load() -> Asgi:
    """MiniStack's ASGI application; `environment.prepare` must have run."""
    from ministack import app

    application: Asgi = app.app
    return application


def version() -> str:
    """The version of MiniStack."""
    from importlib.metadata import version as installed

    return installed("ministack")


def api_stage(host: str, path: str) -> ApiStage | None:
    """The API and stage that an execute-api request is for, or None."""
    from ministack import app
    from ministack.services import apigateway, apigateway_v1

    parsed = app._parse_execute_api_url(host, path)
    if parsed is None:
        return None
    api_id, stage, rest = parsed
    scope = apigateway_v1.find_api_scope(api_id)
    if scope is not None:
        api = _find(apigateway_v1._rest_apis, api_id)
        settings = (_find(apigateway_v1._stages_v1, api_id) or {}).get(stage) or {}
        traced = bool(settings.get("tracingEnabled"))
        return ApiStage("rest", api_id, api.get("name", api_id), stage, traced, scope[1], rest, scope[0])
    stage, _ = app._resolve_stage_and_path(api_id, stage, rest)
    account, region = apigateway.find_api_scope(api_id) or (ACCOUNT, DEFAULT_REGION)
    name = _find(apigateway._apis, api_id).get("name", api_id)
    return ApiStage("http", api_id, name, stage, region=region, account=account)


def url_function(host: str, path: str) -> UrlFunction | None:
    """The function behind a Function URL; None for another request."""
    from ministack import app
    from ministack.services import lambda_svc

    parsed = app._parse_lambda_url(host, path)
    if parsed is None:
        return None
    resolved = lambda_svc.resolve_function_url(parsed[0])
    if resolved is None:
        return UrlFunction()
    owner, name, qualifier = Owner(resolved[0], resolved[1]), str(resolved[2]), resolved[3]
    if resolved[4].get("AuthType") == "AWS_IAM":
        return UrlFunction(name, owner, signed=True)
    return UrlFunction(name, owner, open=_is_open(owner, name, qualifier))


def _is_open(owner: Owner, name: str, qualifier: str | None) -> bool:
    """True when the function's policy has both permissions that a public URL needs since November 2026."""
    from ministack.services import lambda_svc

    function = _scoped(lambda_svc._functions, owner, name)
    statements = (function.get("policy") or {}).get("Statement") or []
    arn = owner.arn("lambda", f"function:{name}" + (f":{qualifier}" if qualifier else ""))
    context = {"lambda:FunctionUrlAuthType": "NONE", "lambda:InvokedViaFunctionUrl": "true"}
    actions = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
    return all(unsigned_requests.allows(statements, action, arn, context) for action in actions)


def _scoped(store: Untyped, owner: Owner, key: str) -> dict[str, Untyped]:
    return store.get_scoped(owner.account, owner.region, key) or {}


def public_url(host: str, path: str) -> str:
    """The address that a request to a Function URL has on AWS; empty for another request."""
    from ministack import app

    parsed = app._parse_lambda_url(host, path)
    region = os.environ.get("MINISTACK_REGION", DEFAULT_REGION)
    return f"https://{parsed[0]}.lambda-url.{region}.on.aws{parsed[1] or '/'}" if parsed else ""


def _find(store: Untyped, key: str) -> dict[str, Untyped]:
    """A record by its id, whatever account and region it belongs to."""
    return next((value for scoped, value in list(store._data.items()) if scoped[-1] == key), {})
