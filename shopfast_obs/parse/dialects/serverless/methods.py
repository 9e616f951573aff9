"""Methods of a REST API that call a function of a serverless.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.model.resources import REST_METHOD
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.names import normalised, path_word
from shopfast_obs.parse.dialects.serverless.owner import Function, Resources, permission, target
from shopfast_obs.parse.dialects.serverless.values import number

SENDER = "apigateway.amazonaws.com"
_PATH = ":lambda:path/2015-03-31/functions/"
_STREAMED = ":lambda:path/2021-11-15/functions/"
_ASYNCHRONOUS = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}


def method(
    said: Any,  # noqa: ANN401 - what stands in a file
    owner: Function,
    api: Any,  # noqa: ANN401
    milliseconds: Any,  # noqa: ANN401 - the API's own timeout
    functions: Mapping[str, Mapping[str, Any]],
) -> Resources:
    """The method of an `http` event, the answer to a preflight request, and who may call which function."""
    details = mapping(said)
    verb, path = said.split(" ", 1) if isinstance(said, str) and " " in said else (
        str(details.get("method", "any")), str(details.get("path", "/"))
    )  # fmt: skip
    name = path_word(path.strip().removeprefix("/").removesuffix("/"))
    integration = _integration(details, owner.target, verb)
    integration |= {"TimeoutInMillis": number(details.get("timeoutInMillis") or milliseconds)}
    found = {
        f"ApiGatewayMethod{name}{verb.capitalize()}": _method(api, verb.upper(), integration),
        **permission(f"{owner.name}LambdaPermissionApiGateway", owner.target, SENDER),
    }
    if details.get("cors"):
        found[f"ApiGatewayMethod{name}Options"] = _method(api, "OPTIONS", {"Type": "MOCK"})
    return found | _guard(details.get("authorizer"), functions)


def invoked(called: Any, path: str = _PATH, end: str = "/invocations") -> Resources:  # noqa: ANN401
    """The address at which API Gateway invokes a function."""
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":apigateway:", {"Ref": "AWS::Region"}, path, called, end]
    return {"Fn::Join": ["", parts]}


def _method(api: Any, verb: str, integration: Resources) -> Resources:  # noqa: ANN401
    return {
        "Type": REST_METHOD,
        "Properties": {"RestApiId": api, "HttpMethod": verb, "Integration": integration},
    }


def _integration(details: Mapping[str, Any], called: Any, verb: str) -> Resources:  # noqa: ANN401
    said = str(details.get("integration") or "").upper().replace("-", "_")
    kind = {"LAMBDA": "AWS", "LAMBDA_PROXY": "AWS_PROXY", "": "AWS" if details.get("async") else "AWS_PROXY"}.get(
        said, said
    )
    request = mapping(details.get("request"))
    mode = str(mapping(details.get("response")).get("transferMode") or "").upper()
    found: Resources = {"Type": kind, "IntegrationHttpMethod": "POST"}
    if kind in ("AWS", "AWS_PROXY"):
        streamed = mode == "STREAM" and kind == "AWS_PROXY"
        found["Uri"] = invoked(called, _STREAMED, "/response-streaming-invocations") if streamed else invoked(called)
    elif kind in ("HTTP", "HTTP_PROXY"):
        found |= {"Uri": request.get("uri"), "IntegrationHttpMethod": str(request.get("method") or verb).upper()}
    if mode and kind in ("AWS_PROXY", "HTTP_PROXY"):
        found["ResponseTransferMode"] = mode
    passed = _passed(request) if kind in ("AWS", "HTTP", "HTTP_PROXY") or details.get("async") else {}
    passed |= _ASYNCHRONOUS if details.get("async") else {}
    return found | ({"RequestParameters": passed} if passed else {})


def _passed(request: Mapping[str, Any]) -> dict[str, Any]:
    """What of a request's parameters is passed on."""
    found = {}
    for location in ("querystrings", "paths", "headers"):
        for name, said in mapping(mapping(request.get("parameters")).get(location)).items():
            key = f"request.{location[:-1]}.{name}"
            found[f"integration.{key}"] = mapping(said).get("mappedValue") or f"method.{key}"
    return found


def _guard(said: Any, functions: Mapping[str, Mapping[str, Any]]) -> Resources:  # noqa: ANN401
    """The right of the API to call a function that admits requests."""
    details = mapping(said)
    arn = details.get("arn") or (said if isinstance(said, str) and ":" in said else None)
    kind = str(details.get("type") or "").upper()
    if details.get("managedExternally") or details.get("authorizerId") or kind in ("AWS_IAM", "COGNITO_USER_POOLS"):
        return {}
    if arn:
        name = details.get("name") or (arn.rpartition(":")[2].rpartition("-")[2] if isinstance(arn, str) else "")
        pool = isinstance(arn, str) and ":cognito-idp:" in arn
        return {} if pool or not name else permission(f"{normalised(str(name))}LambdaPermissionApiGateway", arn, SENDER)
    key = details.get("name", said)
    if not isinstance(key, str) or key not in functions:
        return {}
    return permission(f"{normalised(key)}LambdaPermissionApiGateway", target(key, functions[key]), SENDER)
