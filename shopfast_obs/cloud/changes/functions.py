"""Deployed functions, read and changed through the Lambda and Logs APIs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

ClientFactory = Callable[[str], Any]
Image = Callable[[Mapping[str, Any], int | None], dict[str, Any]]
LATER = {
    "TooManyRequestsException",
    "ThrottlingException",
    "Throttling",
    "RequestLimitExceeded",
    "ServiceException",
    "ServiceUnavailable",
    "InternalFailure",
    "OperationAbortedException",
}
BUSY = {"ResourceConflictException"}
NOT_YET = "execution role does not have permissions"  # a policy takes some seconds to be known everywhere
MOVED = {"PreconditionFailedException"}


class LiveFunctions:
    """The functions of one target. `image` picks the settings that are changed; `error` makes the exception for a
    refused call from its message, whether it may go well later, and whether the function has moved on."""

    def __init__(self, clients: ClientFactory, image: Image, error: Callable[..., Exception]) -> None:
        self._lambda, self._logs, self._iam = clients("lambda"), clients("logs"), clients("iam")
        self._image, self._error = image, error

    def all(self) -> Iterator[tuple[dict[str, Any], int | None]]:
        """The configuration of every function, and the retention of its log group."""
        retentions = {
            group["logGroupName"]: _kept(group)
            for page in self._logs.get_paginator("describe_log_groups").paginate()
            for group in page["logGroups"]
        }
        for page in self._lambda.get_paginator("list_functions").paginate():
            for configuration in page["Functions"]:
                yield configuration, retentions.get(_group(configuration))

    def layer(self, name: str, archive: bytes, *, publish: bool) -> str:
        """The ARN of the layer version with this content, which is published when there is none; without `publish` the
        ARN's version is then `new`."""
        digest = hashlib.sha256(archive).hexdigest()
        found = self._call(self._lambda.list_layer_versions, LayerName=name).get("LayerVersions", [])
        for version in found:
            if digest in version.get("Description", ""):
                return str(version["LayerVersionArn"])
        if not publish:
            return f"{name}:new"
        made = self._call(
            self._lambda.publish_layer_version,
            LayerName=name,
            Description=f"sha256 {digest}",
            Content={"ZipFile": archive},
        )
        return str(made["LayerVersionArn"])

    def read(self, name: str) -> tuple[dict[str, Any], str]:
        """The settings and the revision; waits for an update that is on its way."""
        configuration = self._call(self._settled, name)
        group = _group(configuration)
        found = self._call(self._logs.describe_log_groups, logGroupNamePrefix=group)["logGroups"]
        days = next((_kept(item) for item in found if item["logGroupName"] == group), None)
        return self._image(configuration, days), str(configuration.get("RevisionId", ""))

    def update(self, name: str, settings: Mapping[str, Any], revision: str) -> None:
        """Change the settings if the revision is still that; returns when they are in force."""
        self._call(self._lambda.update_function_configuration, FunctionName=name, RevisionId=revision, **settings)
        configuration = self._call(self._settled, name)
        if configuration.get("LastUpdateStatus") == "Failed":
            reason = configuration.get("LastUpdateStatusReason", "no reason given")
            raise self._error(f"the update failed: {reason}")

    def retain(self, name: str, days: int | None) -> None:
        """Set the retention of the function's log group, which is made when there is none."""
        group = _group(self._call(self._lambda.get_function_configuration, FunctionName=name))
        if days is None:
            self._call(self._logs.delete_retention_policy, logGroupName=group)
            return
        try:
            self._logs.create_log_group(logGroupName=group)
        except self._logs.exceptions.ResourceAlreadyExistsException:
            pass
        except Exception as problem:
            raise self._told(problem) from None
        self._call(self._logs.put_retention_policy, logGroupName=group, retentionInDays=days)

    def permit(self, role: str, policy: str, document: Mapping[str, Any]) -> None:
        """Give the role the inline policy."""
        text = json.dumps(document)
        self._call(self._iam.put_role_policy, RoleName=role, PolicyName=policy, PolicyDocument=text)

    def forbid(self, role: str, policy: str) -> None:
        """Take the inline policy from the role; nothing when it is gone."""
        try:
            self._iam.delete_role_policy(RoleName=role, PolicyName=policy)
        except self._iam.exceptions.NoSuchEntityException:
            pass
        except Exception as problem:
            raise self._told(problem) from None

    def policies(self, role: str) -> list[dict[str, Any]]:
        """The documents of all policies of the role."""
        found = []
        for page in self._call(self._pages, "list_role_policies", RoleName=role):
            for name in page["PolicyNames"]:
                given = self._call(self._iam.get_role_policy, RoleName=role, PolicyName=name)["PolicyDocument"]
                found.append(_decoded(given))
        for page in self._call(self._pages, "list_attached_role_policies", RoleName=role):
            for attached in page["AttachedPolicies"]:
                arn = attached["PolicyArn"]
                version = self._call(self._iam.get_policy, PolicyArn=arn)["Policy"]["DefaultVersionId"]
                asked = self._call(self._iam.get_policy_version, PolicyArn=arn, VersionId=version)
                found.append(_decoded(asked["PolicyVersion"]["Document"]))
        return found

    def stack(self, configuration: Mapping[str, Any]) -> str:
        """The CloudFormation stack that the function belongs to, as its tags say; empty when to none."""
        tags = self._call(self._lambda.list_tags, Resource=configuration["FunctionArn"]).get("Tags", {})
        return str(tags.get("aws:cloudformation:stack-name", ""))

    def _pages(self, operation: str, **parameters: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        return list(self._iam.get_paginator(operation).paginate(**parameters))

    def _settled(self, name: str) -> dict[str, Any]:
        configuration: dict[str, Any] = self._lambda.get_function_configuration(FunctionName=name)
        if configuration.get("LastUpdateStatus") == "InProgress":
            self._lambda.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
            configuration = self._lambda.get_function_configuration(FunctionName=name)
        return configuration

    def _call(self, operation: Callable[..., Any], *arguments: Any, **parameters: Any) -> Any:  # noqa: ANN401
        try:
            return operation(*arguments, **parameters)
        except Exception as problem:
            raise self._told(problem) from None

    def _told(self, problem: Exception) -> Exception:
        """A refusal in our words; anything that is no answer of AWS as it is."""
        from botocore.exceptions import ClientError, WaiterError

        if isinstance(problem, WaiterError):
            return self._error("its last update does not come to an end")
        if not isinstance(problem, ClientError):
            return problem
        error = problem.response.get("Error", {})
        code = str(error.get("Code", ""))
        message = str(error.get("Message", ""))
        again = code in LATER | BUSY or NOT_YET in message
        return self._error(f"AWS refused: {code}: {message}", again=again, moved=code in MOVED)


def _decoded(document: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """botocore decodes policy documents; a cloud of another make may leave that to us."""
    found: dict[str, Any] = json.loads(unquote(document)) if isinstance(document, str) else document
    return found


def _group(configuration: Mapping[str, Any]) -> str:
    logging = configuration.get("LoggingConfig") or {}
    return str(logging.get("LogGroup") or f"/aws/lambda/{configuration['FunctionName']}")


def _kept(group: Mapping[str, Any]) -> int | None:
    """The days for which a log group keeps its events. The class DELIVERY keeps one, and takes no retention."""
    days: int | None = group.get("retentionInDays")
    return 1 if days is None and group.get("logGroupClass") == "DELIVERY" else days
