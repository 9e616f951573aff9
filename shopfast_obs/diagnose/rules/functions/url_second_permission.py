"""Function URLs whose callers have one of the two rights that they need."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from shopfast_obs.diagnose.access import url_rights
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.evidence import configured, some
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import is_open
from shopfast_obs.facts import fact
from shopfast_obs.model.findings import Remedy, Severity
from shopfast_obs.model.principals import service
from shopfast_obs.model.resources import FUNCTION, FUNCTION_URL, PERMISSION, Resource

DAY = str(fact("url-second-permission-day").value)


def judge(function: Resource, context: Context) -> Judgement:
    """Found when a permission lets somebody call the function's URL, and none lets them invoke the function through
    it."""
    urls = url_rights.urls(function, context)
    if not urls and not context.unread(FUNCTION_URL):
        return Passed("it has no URL")
    callers = url_rights.callers(function, context)
    reason = _unknown(function, urls, callers, context)
    if reason:
        return Undecided(reason)
    lacking = url_rights.lacking(function, context)
    if not lacking:
        return Passed(f"{'everyone' if '*' in callers else some(callers)} may call its URL, and invoke it through it")
    who = "every caller of its URL" if "*" in lacking else f"{some(lacking)} at its URL"
    said = f"{url_rights.URL} for {some(lacking)}, and no {url_rights.INVOKE} through the URL for them"
    return Found(
        f"{function.name} answers {who} with 403 since {DAY}: the second permission is missing",
        [configured(said, "", enforced=DAY)],
        _remedy(function, lacking, live=context.observations is not None),
        confidence="certain" if _open(urls) or any(map(service, lacking)) else "likely",
        harm=float(len(lacking)),
    )


def _open(urls: Sequence[Resource]) -> bool:
    """True where callers need no signature: who signs may have the right from a policy of its own."""
    return all(url.properties.get("AuthType") == "NONE" for url in urls)


def _unknown(function: Resource, urls: Sequence[Resource], callers: Sequence[str], context: Context) -> str:
    """Why it cannot be decided; empty where it can."""
    unread = context.unread(FUNCTION_URL) or ("" if function.stack else context.unread(PERMISSION))
    if unread:
        return unread
    kinds = [url.properties.get("AuthType") for url in urls]
    if any(is_open(kind) for kind in kinds):
        return "the AuthType of its URL is left to a parameter"
    if callers:
        return ""
    if "NONE" in kinds:
        return "no permission that is known lets anybody call its URL"
    return "its callers sign with rights of their own, which need both actions"


def _remedy(function: Resource, lacking: tuple[str, ...], *, live: bool) -> Remedy:
    who = lacking[0]
    command = (
        f"aws lambda add-permission --function-name {function.name} --statement-id InvokeThroughUrl "
        f"--action {url_rights.INVOKE} --principal {shlex.quote(who)} --invoked-via-function-url"
    )
    return Remedy(
        f"One more AWS::Lambda::Permission for the function: Action {url_rights.INVOKE}, Principal {who}, "
        "InvokedViaFunctionUrl true. SAM, and the newer CDK and Serverless Framework, make both.",
        command=command if live and not who.startswith("{") else "",
    )


RULE = Rule(
    id="url-second-permission",
    title="A Function URL lacks the second permission",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    needs=("configuration",),
    why=f"Since {DAY} callers need lambda:InvokeFunction with lambda:InvokedViaFunctionUrl beside "
    "lambda:InvokeFunctionUrl; without it each gets 403.",
    remedy="A permission for `lambda:InvokeFunction` with `InvokedViaFunctionUrl: true` beside the first one.",
    limits="Callers of AuthType AWS_IAM may have both rights from policies of their own, which are not read.",
    judge=judge,
    misleads="The function is not invoked, so none of its metrics and logs shows anything.",
    facts=("url-second-permission-day",),
)
