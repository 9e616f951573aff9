"""What AWS answers without a signature, and how MiniStack knows it: distributions, domains, load balancers, websites,
public objects, and the operations that Cognito has for people who have not signed in. Everything else is an API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from urllib.parse import parse_qs

from shopfast_obs.localcloud.gateway import host_and_origin
from shopfast_obs.localcloud.ministack.untyped import Untyped
from shopfast_obs.localcloud.protocol.routing import Head

# Paths that MiniStack takes for one of its APIs before it looks at the host, besides those of container registries.
_API_PREFIXES = ("/_ministack/", "/_localstack/", "/_shopfast/", "/_alb/", "/iceberg", "/v20180820/", "/v2/email")
_API_PATHS = frozenset(
    [
        "/Execute",
        "/BatchExecute",
        "/BeginTransaction",
        "/CommitTransaction",
        "/RollbackTransaction",
        "/WriteGetObjectResponse",
    ]
)
_CALLBACK = re.compile(r"/_ministack/cfn-(?:response|signal)/[0-9a-f-]{36}")  # the token is the proof
_KEYS = re.compile(r"/[^/]+/\.well-known/(?:jwks\.json|openid-configuration)")
_SIGN_IN = {
    ("GET", "/oauth2/authorize"),
    ("POST", "/oauth2/token"),
    ("GET", "/oauth2/userInfo"),
    ("POST", "/oauth2/userInfo"),
    ("POST", "/oauth2/login"),
    ("POST", "/login"),
}
_GRAPHQL = re.compile(r"/v1/apis/[^/]+/graphql")
_SNS_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\]|sns\.[a-z0-9-]+\.amazonaws\.com)(?::\d+)?")
_CONFIRMATION = {"Action", "TopicArn", "Token"}  # what a SubscribeURL holds
_COGNITO = "AWSCognitoIdentityProviderService"
_CONNECTIONS = "/@connections/"
_FORM = "application/x-www-form-urlencoded"
# What a query string may ask of an object besides its content; each is an operation of its own.
_SUBRESOURCES = frozenset(
    [
        "acl",
        "annotation",
        "attributes",
        "encryption",
        "legal-hold",
        "renameObject",
        "restore",
        "retention",
        "select",
        "tagging",
        "torrent",
        "uploadId",
        "uploads",
    ]
)


def is_public(head: Head) -> bool:
    """True for a request that AWS answers whoever sends it, or that carries a proof of another kind. MiniStack picks
    its API by a target, by a credential and by a form before it looks at the path: with one of them no path is public.
    """
    if bool(head.method == "PUT" and _CALLBACK.fullmatch(head.path)) or _is_sign_in(head):
        return True  # MiniStack looks at these paths first
    if _says_it_is_an_api(head):
        return _is_sign_up(head)
    return (
        _is_preflight(head)
        or (_has_public_host(head) and not _is_api_path(head.path))
        or (not _has_form(head) and _is_graphql(head))
        or (head.method in ("GET", "HEAD") and not _has_form(head) and _is_read_of_s3(head))
    )


def takes_for_another(head: Head, body: bytes | None, service: str) -> bool:
    """True when MiniStack would take a signed link for a request to another service than that which it is signed for:
    what decides that besides the link is not signed."""
    if "x-amz-target" in head.headers or "Credential=" in head.headers.get("authorization", ""):
        return True
    if not _has_form(head) or service not in ("s3", "s3express"):
        return False
    return body is None or "Action" in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


def is_confirmation(head: Head) -> bool:
    """True for a SubscribeURL of SNS, which its receiver opens; the random token in it is the proof."""
    return (
        (head.method, head.path, head.service) == ("GET", "/", "")
        and bool(_SNS_HOST.fullmatch(head.headers.get("host", "")))
        and not head.headers.keys() & {"authorization", "x-amz-target"}
        and head.query.keys() == _CONFIRMATION
        and all(len(values) == 1 and values[0] for values in head.query.values())
        and head.query["Action"] == ["ConfirmSubscription"]
        and host_and_origin.fetch_is_welcome(head.headers)
    )


def mistakes_for_api(host: str, path: str) -> bool:
    """True for a page's path that MiniStack would take for one of its APIs, because the host alone names the page."""
    return not path.startswith(("/_aws/", "/restapis/")) and _is_api_path(path)


def stage_needs_signature(host: str, path: str, method: str) -> bool:
    """True for a method of an API whose authorization is AWS_IAM, and for the connections of a WebSocket API."""
    from ministack import app

    parsed = app._parse_execute_api_url(host, path)
    if parsed is None:
        return False
    api_id, stage, rest = parsed
    if rest.startswith(_CONNECTIONS):  # the back of a WebSocket API, which AWS opens to nobody without a signature
        return True
    stage, rest = app._resolve_stage_and_path(api_id, stage, rest)
    return bool(app._execute_api_authorization_type(api_id, stage, method, rest) == "AWS_IAM")


def _is_api_path(path: str) -> bool:
    from ministack import app

    return bool(path.startswith(_API_PREFIXES) or path in _API_PATHS or app._is_ecr_registry_path(path))


def _says_it_is_an_api(head: Head) -> bool:
    credential = "Credential=" in head.headers.get("authorization", "")
    return credential or "x-amz-target" in head.headers or "Action" in head.query


def _has_form(head: Head) -> bool:
    return head.headers.get("content-type", "").strip().lower().startswith(_FORM)


def _is_preflight(head: Head) -> bool:
    """MiniStack answers it by itself, unless the host names something that has an answer of its own."""
    from ministack import app

    host = head.headers.get("host", "")
    return (
        head.method == "OPTIONS"
        and "access-control-request-method" in head.headers
        and app._parse_execute_api_url(host, head.path) is None
        and app._parse_lambda_url(host, head.path) is None
        and app._parse_cloudfront_dataplane_host(host) is None
        and not app._is_potential_alb_request(host, head.path)
    )


def _is_sign_in(head: Head) -> bool:
    if (head.method, head.path) in _SIGN_IN:
        return True
    if head.method != "GET" or not _KEYS.fullmatch(head.path):
        return False
    from ministack import app

    return app._get_module("cognito")._get_pool_unscoped(head.path[1:].partition("/")[0]) is not None


def _is_graphql(head: Head) -> bool:
    """AppSync asks for an API key or a token itself."""
    if head.method != "POST" or not head.headers.keys() & {"x-api-key", "authorization"}:
        return False
    host = head.headers.get("host", "")
    return bool(_GRAPHQL.fullmatch(head.path)) or (head.path == "/graphql" and ".appsync-api." in host)


def _is_sign_up(head: Head) -> bool:
    """The operations of user pools that the service model marks as open."""
    prefix, _, operation = head.headers.get("x-amz-target", "").rpartition(".")
    return head.path == "/" and head.method == "POST" and prefix == _COGNITO and operation in _open_operations()


@cache
def _open_operations() -> frozenset[str]:
    import botocore.session

    model = botocore.session.get_session().get_service_model("cognito-idp")
    models = ((name, model.operation_model(name)) for name in model.operation_names)
    return frozenset(n for n, m in models if m.auth_type == "none" or "smithy.api#noAuth" in (m.auth or ()))


def _has_public_host(head: Head) -> bool:
    from ministack import app

    host = head.headers.get("host", "")
    label = app._parse_cloudfront_dataplane_host(host)
    if label is not None:
        return app._get_module("cloudfront").find_distribution_for_label(label) is not None
    if app._resolve_custom_domain_request(host, head.path) is not None:
        return _CONNECTIONS not in head.path
    if not app._is_potential_alb_request(host, head.path) or head.path.startswith("/_alb"):
        return False
    return app._get_module("alb").find_lb_for_host(host) is not None


def _is_read_of_s3(head: Head) -> bool:
    """An object that its bucket's policy gives to everybody, also by the host of a website. Without a key MiniStack
    answers what the query string asks about the bucket: its listing, its policy."""
    from ministack import app

    host = head.headers.get("host", "")
    named = app._extract_s3_vhost_bucket(host)
    bucket, _, key = (named, "", head.path[1:]) if named else head.path[1:].partition("/")
    if _is_api_path(head.path) or not _SUBRESOURCES.isdisjoint(head.query):
        return False
    if not bucket or app.detect_service(head.method, head.path, dict(head.headers), dict(head.query)) != "s3":
        return False
    action = "s3:GetObjectVersion" if "versionId" in head.query else "s3:GetObject"
    return bool(key) and _is_given_to_all(bucket, key, action)


def _is_given_to_all(bucket: str, key: str, action: str) -> bool:
    from ministack.services import s3

    policy = next((text for scoped, text in list(s3._bucket_policies._data.items()) if scoped[-1] == bucket), "")
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError):
        return False
    return allows(statements, action, f"arn:aws:s3:::{bucket}/{key}", {})


def allows(statements: Untyped, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """True when a resource's policy lets everybody do it: one statement allows it, and none denies it."""
    said = [each for each in _listed(statements) if isinstance(each, dict) and _speaks(each, action, resource, context)]
    return bool(said) and all(each.get("Effect") == "Allow" for each in said)


def _speaks(statement: Mapping[str, Untyped], action: str, resource: str, context: Mapping[str, str]) -> bool:
    principal = statement.get("Principal")
    everybody = "*" in _listed(principal.get("AWS") if isinstance(principal, dict) else principal)
    actions = (str(each).lower() for each in _listed(statement.get("Action")))
    resources = (str(each) for each in _listed(statement.get("Resource")))
    return (
        everybody
        and any(fnmatchcase(action.lower(), each) for each in actions)
        and any(fnmatchcase(resource, each) for each in resources)
        and _holds(statement.get("Condition"), context)
    )


def _holds(condition: Untyped, context: Mapping[str, str]) -> bool:
    """True when every condition compares a key of the context with its value; others cannot be known here."""
    if not condition:
        return True
    pairs = [(kind, key, value) for kind, keys in condition.items() for key, value in keys.items()]
    return all(
        kind in ("StringEquals", "Bool") and context.get(key, "").lower() in (str(v).lower() for v in _listed(value))
        for kind, key, value in pairs
    )


def _listed(value: Untyped) -> list[Untyped]:
    return value if isinstance(value, list) else [] if value is None else [value]
