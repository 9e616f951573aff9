"""Who may call the URL of a function, and who of them lacks the right that Lambda asks for beside it since 2026-11."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.property_values import is_true
from shopfast_obs.model.resources import FUNCTION_URL, PERMISSION, Resource

_ROOT = re.compile(r"arn:[\w-]+:iam::(\d{12}):root")
URL, INVOKE = "lambda:InvokeFunctionUrl", "lambda:InvokeFunction"


def urls(function: Resource, context: Context) -> tuple[Resource, ...]:
    """The URLs of the function."""
    return context.naming(function, FUNCTION_URL, "TargetFunctionArn")


def callers(function: Resource, context: Context) -> tuple[str, ...]:
    """Whom permissions of the function let call its URL, as far as the first right goes: `*`, a service, an account."""
    return tuple(sorted(_allowed(function, context, URL)))


def lacking(function: Resource, context: Context) -> tuple[str, ...]:
    """Those of the callers that no permission lets invoke the function through its URL: they get 403."""
    invoke = _allowed(function, context, INVOKE)
    return () if "*" in invoke else tuple(who for who in callers(function, context) if who not in invoke)


def _allowed(function: Resource, context: Context, action: str) -> set[str]:
    # CDK's origin for CloudFront names the function by its URL's attribute FunctionArn.
    named = (function, *urls(function, context))
    said = [p for one in named for p in context.naming(one, PERMISSION, "FunctionName")]
    kinds = [url.properties.get("AuthType") for url in named[1:]]
    return {
        _named(p.properties.get("Principal")) for p in said if action in _actions(p) and _through_url(p, action, kinds)
    }


def _actions(permission: Resource) -> Iterator[str]:
    said = permission.properties.get("Action")
    for action in said if isinstance(said, list) else [said]:
        yield from (URL, INVOKE) if action in ("lambda:*", "*", "lambda:Invoke*") else (str(action),)


def _through_url(permission: Resource, action: str, kinds: Sequence[Any]) -> bool:
    """True where the permission holds for a call that comes through a URL of these kinds: of a source such as an API it
    does not, nor where it is for another AuthType."""
    said = permission.properties
    if action == URL:
        kind = said.get("FunctionUrlAuthType")
        return not isinstance(kind, str) or kind in kinds or not all(isinstance(one, str) for one in kinds)
    return is_true(said.get("InvokedViaFunctionUrl", True)) and not (said.get("SourceArn") and not _url_of(said))


def _url_of(said: Any) -> bool:  # noqa: ANN401 - the properties of a permission
    """True for a source that calls URLs: a CloudFront distribution."""
    return "cloudfront" in json.dumps([said.get("Principal"), said.get("SourceArn")], default=str)


def _named(principal: Any) -> str:  # noqa: ANN401 - a text, or an intrinsic
    """The principal as a policy and a template both may write it: an account by its number."""
    root = _ROOT.fullmatch(principal) if isinstance(principal, str) else None
    if root:
        return root[1]
    return principal if isinstance(principal, str) else json.dumps(principal, sort_keys=True, default=str)
