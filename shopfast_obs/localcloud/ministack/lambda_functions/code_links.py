"""The addresses of code in Lambda's answers, signed as AWS's are: whoever has one may fetch it for ten minutes."""

from __future__ import annotations

import json
from collections.abc import Callable

from shopfast_obs.localcloud.ministack.untyped import Untyped

SECONDS = 600
Answer = tuple[int, dict[str, str], bytes]


def signing(answer: Callable[..., Answer]) -> Callable[..., Answer]:
    """The same answer with a signed address of the code of a function or a layer."""

    def wrapped(*args: Untyped, **kwargs: Untyped) -> Answer:
        status, headers, body = answer(*args, **kwargs)
        content = json.loads(body)
        code = content.get("Code") or content.get("Content") or {}
        if "Location" not in code:
            return status, headers, body
        code["Location"] = link(code["Location"])
        return status, headers, json.dumps(content, ensure_ascii=False).encode()

    return wrapped


def link(address: str) -> str:
    """The address, good for ten minutes, signed with the keys that this process has in its environment."""
    import boto3
    from botocore.auth import S3SigV4QueryAuth
    from botocore.awsrequest import AWSRequest

    session = boto3.Session()
    request = AWSRequest("GET", address.partition("?")[0])
    S3SigV4QueryAuth(session.get_credentials(), "s3", session.region_name, expires=SECONDS).add_auth(request)
    return str(request.url)
