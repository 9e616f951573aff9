"""boto3 for a target: local credentials for the local cloud, the user's own for AWS; unreachable is said in one way."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from shopfast_obs.cloud.interface import Keys, Target
from shopfast_obs.cloud.target import LOCAL_ACCOUNT
from shopfast_obs.errors import CloudUnreachableError, DeployError, ShopfastObsError
from shopfast_obs.facts import whole

# A local cloud is asked directly, whatever proxy the environment names; that it is asked by botocore on such a system
# does not interest it, and botocore would say so anew with each call.
LOCAL_CONFIG: Mapping[str, Any] = {"s3": {"addressing_style": "path"}, "proxies": {}, "user_agent": "shopfast-obs"}
LONGEST_INVOCATION = whole("lambda-max-timeout") + 10  # seconds


class Session:
    """boto3 clients for one target, made once each and shared between threads."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._session: Any = None

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """The client of a service; raises CloudUnreachableError when AWS has no credentials for us."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def patient(self, service: str) -> Any:  # noqa: ANN401
        """A client that waits as long as a function may run, and repeats nothing."""
        return self._make(service, read_timeout=LONGEST_INVOCATION, attempts=1)

    def _make(self, service: str, read_timeout: int = 60, attempts: int | None = None) -> Any:  # noqa: ANN401
        from botocore.config import Config
        from botocore.exceptions import ProfileNotFound

        local = self.target.name == "local"
        config = Config(
            # adaptive: standard, and the client sends more slowly once AWS says that it is too much
            retries={
                "mode": "standard" if local or attempts else "adaptive",
                "total_max_attempts": attempts or (2 if local else 5),
            },
            connect_timeout=5,
            read_timeout=read_timeout,
            max_pool_connections=32,
            **(LOCAL_CONFIG if local else {}),
        )
        if self._session is None:
            keys = _named(self.target) if local else {}
            try:
                self._session = _session(self.target.region, None if local else self.target.profile, keys)
            except ProfileNotFound:
                raise CloudUnreachableError(
                    f"There is no AWS profile {self.target.profile!r}.", "List them: aws configure list-profiles"
                ) from None
            if not local and self._session.get_credentials() is None:
                raise CloudUnreachableError(
                    "There are no AWS credentials.", "Set AWS_PROFILE or pass --profile; or use --target local."
                )
        return self._session.create_client(service, endpoint_url=self.target.endpoint_url, config=config)


@lru_cache(maxsize=8)
def _of_local_cloud(target: Target) -> Session:
    return Session(target)


def session(target: Target) -> Session:
    """A session for the target. That of a local cloud is one for the whole process: its clients take a quarter of a
    second of the processor each command anew, and several commands in one process ask the same cloud."""
    return _of_local_cloud(target) if target.name == "local" else Session(target)


def _session(region: str, profile: str | None, keys: Mapping[str, str | None]) -> Any:  # noqa: ANN401
    """A session of botocore, without boto3's part for transfers, whose import alone takes a twentieth of a diagnosis;
    raises ProfileNotFound, because the profile may say where models are."""
    from botocore.session import Session as Core

    from shopfast_obs.cloud.service_models import loader

    core = Core(profile=profile)
    core.register_component("data_loader", loader(core.get_config_variable("data_path")))
    core.set_config_variable("region", region)
    if keys:
        core.set_credentials(*keys.values())
    return core


def _named(target: Target) -> dict[str, str | None]:
    keys = target.keys or Keys(LOCAL_ACCOUNT, "local")
    return {
        "aws_access_key_id": keys.access_key_id,
        "aws_secret_access_key": keys.secret_access_key,
        "aws_session_token": keys.token or None,
    }


def signed(target: Target, method: str, url: str, body: bytes = b"") -> dict[str, str]:
    """The headers of a request to the local cloud's own routes."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    named = _named(target)
    request = AWSRequest(method, url, data=body)
    keys = Credentials(named["aws_access_key_id"], named["aws_secret_access_key"], named["aws_session_token"])
    SigV4Auth(keys, "shopfast-obs", target.region).add_auth(request)
    return {str(name): str(value) for name, value in request.headers.items()}


def unreachable(problem: Exception) -> CloudUnreachableError | None:
    """The error that a user reads when botocore could not talk to a cloud; None for any other problem."""
    from botocore import exceptions as aws

    if isinstance(problem, aws.EndpointConnectionError | aws.ConnectTimeoutError | aws.ConnectionClosedError):
        endpoint = problem.kwargs.get("endpoint_url", "the endpoint")
        hint = "Is it running? shopfast-obs cloud status. Left from one before? unset AWS_ENDPOINT_URL"
        return CloudUnreachableError(f"No cloud answers at {endpoint}.", hint)
    if isinstance(problem, aws.NoCredentialsError | aws.PartialCredentialsError | aws.TokenRetrievalError):
        return CloudUnreachableError(
            "There are no AWS credentials that work.", "Set AWS_PROFILE or pass --profile; or use --target local."
        )
    if isinstance(problem, aws.ClientError) and problem.response.get("Error", {}).get("Code") in _NOT_LET_IN:
        if LOCAL_ADVICE in str(problem):
            return CloudUnreachableError(
                "The local cloud does not know these credentials.", f"Take its own into your shell: {LOCAL_ADVICE}"
            )
        return CloudUnreachableError(f"AWS refused the credentials: {problem}.", "Renew them: aws sso login")
    return None


def refused(problem: Exception) -> ShopfastObsError:
    """Any failure of an AWS call as one sentence."""
    return unreachable(problem) or DeployError(
        f"AWS refused: {str(problem)[:TOLD]}", "Look at the request and try again."
    )


TOLD = 400  # characters of AWS's own message: some repeat the whole request
LOCAL_ADVICE = 'eval "$(shopfast-obs cloud env)"'  # the local cloud's refusals end with it
_NOT_LET_IN = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
