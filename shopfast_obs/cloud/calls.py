"""boto3 calls with their failures told apart: nothing answers, or one question is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shopfast_obs.cloud.session import unreachable
from shopfast_obs.errors import DeniedError

ClientFactory = Callable[[str], Any]


class RefusedError(DeniedError):
    """One call was refused; `code` is AWS's error code."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message, "Allow the action for these credentials, or go on without it.")
        self.code = code

    @property
    def missing(self) -> bool:
        """True when what was asked for does not exist."""
        return any(word in self.code for word in ("NotFound", "NonExistent", "DoesNotExist", "NoSuch"))


class Calls:
    """Calls to the services of one target. They raise CloudUnreachableError and RefusedError only."""

    def __init__(self, clients: ClientFactory) -> None:
        self._clients = clients

    def one(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer of one call."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._clients(service), operation)(**parameters)
        except (BotoCoreError, ClientError) as problem:
            raise _told(problem, service, operation) from None
        return answer

    def pages(self, service: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        """The answers of a call, page after page."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield from self._clients(service).get_paginator(operation).paginate(**parameters)
        except (BotoCoreError, ClientError) as problem:
            raise _told(problem, service, operation) from None

    def items(self, service: str, operation: str, key: str, **parameters: Any) -> list[Any]:  # noqa: ANN401
        """The items under `key` of all pages of a call."""
        return [item for page in self.pages(service, operation, **parameters) for item in page.get(key) or ()]


def _told(problem: Exception, service: str, operation: str) -> Exception:
    nobody = unreachable(problem)
    if nobody is not None:
        return nobody
    error = getattr(problem, "response", {}).get("Error", {})
    action = f"{service}:{''.join(part.capitalize() for part in operation.split('_'))}"
    code = str(error.get("Code", type(problem).__name__))
    return RefusedError(f"{action} was refused: {code}: {error.get('Message') or problem}.", code)
