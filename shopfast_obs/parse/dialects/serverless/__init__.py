"""A `serverless.yml` as the CloudFormation that the Serverless Framework would package (osls 4.3.1, and versions 3).

What a package folder holds, `.serverless/cloudformation-template-update-stack.json`, is plain CloudFormation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopfast_obs.parse.dialects.interface import Template, mapping
from shopfast_obs.parse.dialects.serverless.files import ProjectFiles
from shopfast_obs.parse.dialects.serverless.names import normalised
from shopfast_obs.parse.dialects.serverless.owner import SUFFIX
from shopfast_obs.parse.dialects.serverless.service import NAMES, Service
from shopfast_obs.parse.templates.template_file import Document


def template(document: Document, beside: ProjectFiles | None = None) -> Template:
    """The template that the framework would make, with the files that `beside` gives for `${file(...)}`. Variables that
    only the framework could resolve stay as they stand."""
    return Service(document, beside).template()


def address(value: Mapping[str, Any], logical_id: str, property_name: str) -> tuple[str, ...] | None:
    """The keys that lead to a property of a resource; None for what the framework alone decides."""
    if logical_id in mapping(mapping(value.get("resources")).get("Resources")):
        return ("resources", "Resources", logical_id, "Properties", *property_name.split("."))
    written = next((ours for ours, theirs in NAMES.items() if theirs == property_name), None)
    functions = value.get("functions")
    for key in functions if isinstance(functions, Mapping) and written else ():
        if logical_id in (normalised(key) + SUFFIX, f"{normalised(key)}LogGroup"):
            return ("functions", key, str(written))
    return None
