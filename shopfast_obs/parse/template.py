"""CloudFormation templates, JSON or YAML, as an inventory in the model's words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import Gap, Inventory, Resource
from shopfast_obs.parse.intrinsics import Resolver

HINT = "Give a CloudFormation template, for example cdk.out/<stack>.template.json."
MOST_VALUES = 1_000_000  # CloudFormation takes 1 MB of text; more values than that come from aliases of aliases
NESTED = "AWS::CloudFormation::Stack"


def read_template(text: str, path: str | Path) -> dict[str, Any]:
    """The template in a file's text, short forms (`!Ref`) written out; raises UserError when it is none."""
    try:
        document = _decoded(text, str(path))
    except RecursionError:
        raise UserError(f"{path} is nested too deeply for a template.", HINT) from None
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise UserError(f"{path} is not a CloudFormation template: it has no Resources.", HINT)
    if _too_large(document):
        raise UserError(f"{path} has more than {MOST_VALUES} values, which is no template.", HINT)
    return document


def inventory(
    template: Mapping[str, Any], source: str, stack: str = "", parameters: Mapping[str, Any] | None = None
) -> Inventory:
    """The resources that a template declares.

    Intrinsics are resolved as far as the template alone allows: parameters to the given value or their default, other
    resources to their name or ARN; pseudo parameters stay as `${AWS::Region}` unless `parameters` gives them. What
    cannot be known keeps its intrinsic. A resource without a physical name goes by its logical id. What cannot be read
    is a gap.
    """
    resolver = Resolver(template, stack, parameters or {})
    resources, gaps = [], list(_gaps(template))
    for logical_id, entry in _section(template, "Resources").items():
        if not isinstance(logical_id, str) or not isinstance(entry, Mapping) or not isinstance(entry.get("Type"), str):
            gaps.append(Gap(f"{logical_id} of {source}", "it has no Type"))
        elif resolver.condition(entry.get("Condition")) is not False:
            properties = resolver.resolve(entry.get("Properties") or {})
            if isinstance(properties, dict):
                resources.append(
                    Resource(
                        type=entry["Type"],
                        name=resolver.name(logical_id),
                        logical_id=logical_id,
                        stack=stack,
                        arn=resolver.arn(logical_id) if resolver.physical_name(logical_id) else "",
                        properties=properties,
                    )
                )
            else:
                gaps.append(Gap(f"{logical_id} of {source}", "its Properties are not an object"))
    return Inventory(source, tuple(resources), tuple(gaps))


def _gaps(template: Mapping[str, Any]) -> Iterator[Gap]:
    macros = template.get("Transform")
    for macro in macros if isinstance(macros, list) else [macros] if macros else []:
        yield Gap(f"transform {macro}", "it is not expanded: what it makes of the template is not seen")
    for logical_id, entry in _section(template, "Resources").items():
        if isinstance(entry, Mapping) and entry.get("Type") == NESTED:
            yield Gap(f"nested stack {logical_id}", "its template is a file of its own")


def _section(template: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = template.get(key)
    return section if isinstance(section, Mapping) else {}


def _decoded(text: str, path: str) -> Any:  # noqa: ANN401 - a document has any type
    if text.lstrip().startswith("{") and not path.endswith((".yaml", ".yml")):
        try:
            return json.loads(text)
        except json.JSONDecodeError as problem:
            place = f"line {problem.lineno}, column {problem.colno}"
            raise UserError(f"{path} is not valid JSON: {problem.msg} in {place}.", HINT) from None
        except ValueError as problem:  # a number of thousands of digits
            raise UserError(f"{path} is not valid JSON: {problem}.", HINT) from None
    return _yaml(text, path)


def _yaml(text: str, path: str) -> Any:  # noqa: ANN401
    import yaml

    from shopfast_obs.parse.cfnyaml import TemplateLoader

    try:
        return yaml.load(text, Loader=TemplateLoader)  # noqa: S506 - a SafeLoader with CloudFormation's tags
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        reason = getattr(problem, "problem", None) or str(problem).splitlines()[0]
        raise UserError(f"{path} is not valid YAML: {reason}{place}.", HINT) from None


def _too_large(document: dict[str, Any]) -> bool:
    pending: list[Any] = [document]
    seen = 0
    while pending and seen <= MOST_VALUES:
        value = pending.pop()
        seen += 1
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return seen > MOST_VALUES
