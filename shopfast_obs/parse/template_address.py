"""Where in a template that people write a property of a resource belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.dialects import serverless
from shopfast_obs.parse.dialects.interface import mapping

Address = tuple[str, ...]


def address(document: Mapping[str, Any], logical_id: str, property_name: str) -> Address | None:
    """The keys that lead to the property (`Timeout`, `RedrivePolicy.maxReceiveCount`) in a CloudFormation template, a
    SAM template or a serverless.yml; None for a resource that a tool makes, and that stands in none of them."""
    if serverless.speaks(document):
        return serverless.address(document, logical_id, property_name)
    if logical_id not in mapping(document.get("Resources")):
        return None
    return ("Resources", logical_id, "Properties", *property_name.split("."))
