"""Published versions of a function, invoked one after another with what Lambda reports of each invocation."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.telemetry import InvocationReport, LogEvent


class Versions:
    """The versions of one function. `client` is a Lambda client that waits for long invocations and repeats none."""

    def __init__(self, client: Any, function: str) -> None:  # noqa: ANN401 - boto3 makes its clients at run time
        self._lambda, self.function = client, function

    def configuration(self) -> dict[str, Any]:
        """The configuration of `$LATEST`; raises UserError when there is no such function."""
        try:
            found: dict[str, Any] = self._lambda.get_function_configuration(FunctionName=self.function)
        except self._lambda.exceptions.ResourceNotFoundException:
            raise UserError(f"There is no function {self.function}.", "See them: shopfast-obs status") from None
        return found

    @contextmanager
    def publishing(self, then: Callable[[], object]) -> Iterator[str]:
        """The number of a version of `$LATEST` as it is now, deleted at the end unless it existed before; `then` is
        called as soon as it is published, whether or not that succeeded."""
        pages = self._lambda.get_paginator("list_versions_by_function").paginate(FunctionName=self.function)
        before = {version["Version"] for page in pages for version in page["Versions"]}
        try:
            version = str(self._lambda.publish_version(FunctionName=self.function)["Version"])
        finally:
            then()
        try:
            self._lambda.get_waiter("published_version_active").wait(
                FunctionName=self.function, Qualifier=version, WaiterConfig={"Delay": 1}
            )
            yield version
        finally:
            if version not in before:
                self._lambda.delete_function(FunctionName=self.function, Qualifier=version)

    def invoke(self, version: str, payload: bytes) -> tuple[InvocationReport, str]:
        """Lambda's report on one invocation, and its error payload (empty when it succeeded); raises UserError when
        Lambda refuses it or reports nothing."""
        from botocore.exceptions import ClientError

        try:
            answer = self._lambda.invoke(FunctionName=self.function, Qualifier=version, Payload=payload, LogType="Tail")
        except ClientError as problem:
            raise UserError(f"Lambda refused to invoke {self.function}: {problem}.", "Try again later.") from None
        body = answer["Payload"].read().decode("utf-8", "replace")
        report = _report(base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace"))
        if report is None:
            raise UserError(
                f"Lambda did not report on an invocation of {self.function}.",
                "Its SystemLogLevel may hide reports: set it to INFO.",
            )
        return report, body if answer.get("FunctionError") else ""


def _report(tail: str) -> InvocationReport | None:
    from shopfast_obs.parse.logs import platform

    # The report of the text format goes over two lines when the invocation is traced.
    begin = tail.rfind("REPORT RequestId:")
    lines = [tail[begin:]] if begin >= 0 else tail.splitlines()
    return next(filter(None, (platform.report(line, LogEvent(0.0, line, "", "")) for line in lines)), None)
