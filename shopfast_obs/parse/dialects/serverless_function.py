"""What all events of one function of a serverless.yml share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shopfast_obs.model.resources import PERMISSION
from shopfast_obs.parse.dialects.serverless_names import normalised

Resources = dict[str, Any]


@dataclass
class Function:
    """One function whose events are read. Its triggers call `target`, an alias where it has one; `counted` numbers its
    events of a kind."""

    key: str
    logical_id: str
    physical_name: str
    target: Any
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        """What the logical ids of its events begin with."""
        return normalised(self.key)

    def number(self, kind: str) -> int:
        """The number of the next event of this kind."""
        self.counted[kind] += 1
        return self.counted[kind]


def permission(id_: str, owner: Function, principal: Any) -> Resources:  # noqa: ANN401
    """The right of a service to invoke the function."""
    properties = {"FunctionName": owner.target, "Action": "lambda:InvokeFunction", "Principal": principal}
    return {id_: {"Type": PERMISSION, "Properties": properties}}


def is_intrinsic(value: Mapping[str, Any]) -> bool:
    """True for `Ref`, `Fn::GetAtt` and their like."""
    return any(key == "Ref" or key.startswith("Fn::") for key in value)
