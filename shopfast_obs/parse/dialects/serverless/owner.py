"""A function of a serverless.yml as its events see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.model.resources import PERMISSION
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.dialects.serverless.names import normalised

Resources = dict[str, Any]
SUFFIX = "LambdaFunction"
# The aliases that the framework makes, and what their logical ids end with; the first that applies counts.
ALIASES = {
    "durableConfig": ("durable", "DurableLambdaAlias"),
    "provisionedConcurrency": ("provisioned", "ProvConcLambdaAlias"),
    "snapStart": ("snapstart", "SnapStartLambdaAlias"),
}


def alias(function: Mapping[str, Any]) -> tuple[str, str]:
    """The name of the alias that the framework makes for a function and the end of its logical id; empty for none."""
    return next((made for key, made in ALIASES.items() if function.get(key)), ("", ""))


def target(key: str, function: Mapping[str, Any]) -> dict[str, Any]:
    """What triggers of a function call: its alias where it has one."""
    arn = {"Fn::GetAtt": [normalised(key) + SUFFIX, "Arn"]}
    name, _ = alias(function)
    return {"Fn::Join": [":", [arn, name]]} if name else arn


@dataclass
class Function:
    """One function whose events are read. `counted` numbers its events of a kind."""

    key: str
    physical_name: str
    said: Mapping[str, Any] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        """What the logical ids of its events begin with."""
        return normalised(self.key)

    @property
    def target(self) -> Any:  # noqa: ANN401 - an intrinsic
        """What its triggers call."""
        return target(self.key, self.said)

    def number(self, kind: str) -> int:
        """The number of the next event of this kind."""
        self.counted[kind] += 1
        return self.counted[kind]


def permission(id_: str, called: Any, principal: Any) -> Resources:  # noqa: ANN401
    """The right of a service to invoke a function."""
    properties = {"FunctionName": called, "Action": "lambda:InvokeFunction", "Principal": principal}
    return {id_: {"Type": PERMISSION, "Properties": properties}}


def is_intrinsic(value: Mapping[str, Any]) -> bool:
    """True for `Ref`, `Fn::GetAtt` and their like."""
    return any(key == "Ref" or str(key).startswith("Fn::") for key in value)


def tags(*said: Any) -> list[dict[str, Any]] | None:  # noqa: ANN401
    """Tags as CloudFormation lists them, the later winning; None where nobody says any."""
    both = {key: value for part in said for key, value in mapping(part).items()}
    return [{"Key": key, "Value": value} for key, value in both.items()] or None
