"""What the tests of a local cloud sign with: the credentials of its state folder."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from shopfast_obs.localcloud.gateway import credentials

Answer = tuple[int, dict[str, str], bytes]


def keys(state: Path, account: str = credentials.ACCOUNT) -> credentials.Keys:
    """The keys of an account of the cloud whose state lies there."""
    known = credentials.load(state)
    assert known is not None
    return known.keys(account)


def client(url: str, state: Path, service: str, region: str = "us-east-1", **config: Any) -> Any:
    """A plain boto3 client."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        config=Config(**{"read_timeout": 60, "retries": {"total_max_attempts": 1}, **config}),
        **arguments(keys(state)),
    )


def arguments(given: credentials.Keys) -> dict[str, str | None]:
    """The keys as boto3 takes them."""
    return {
        "aws_access_key_id": given.access_key_id,
        "aws_secret_access_key": given.secret_access_key,
        "aws_session_token": given.token or None,
    }


def signature(given: credentials.Keys, method: str, url: str, service: str, **request: Any) -> dict[str, str]:
    """All headers of a signed request; `headers` and `data` as AWSRequest takes them."""
    signing = AWSRequest(method, url, **request)
    token = given.token or None
    SigV4Auth(Credentials(given.access_key_id, given.secret_access_key, token), service, "us-east-1").add_auth(signing)
    return {str(name): str(value) for name, value in signing.headers.items()}


def ask(url: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
    """Status, headers (lower-case) and body of a plain HTTP request."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as problem:
        return problem.code, {k.lower(): v for k, v in problem.headers.items()}, problem.read()


def control(url: str, state: Path, route: str, method: str = "GET", body: bytes | None = None) -> Answer:
    """The answer of one of the cloud's own routes."""
    address = f"{url}/_shopfast/{route}"
    return ask(address, method, signature(keys(state), method, address, "shopfast-obs", data=body or b""), body)


def function_url(api: Any, function: str) -> str:
    """The path of a Function URL that everybody may call, with both permissions that it takes."""
    url = api.create_function_url_config(FunctionName=function, AuthType="NONE")["FunctionUrl"]
    opened = {"FunctionName": function, "Principal": "*"}
    api.add_permission(StatementId="url", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE", **opened)
    api.add_permission(StatementId="via", Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True, **opened)
    return f"/_aws/lambda-url/{url.removeprefix('https://').partition('.')[0]}/"
