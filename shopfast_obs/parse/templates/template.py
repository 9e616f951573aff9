"""CloudFormation templates, JSON or YAML, in any dialect, as an inventory in the model's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.references import readable, reference
from shopfast_obs.model.resources import NESTED, Gap, Inventory, Output, Resource
from shopfast_obs.parse.dialects import sam
from shopfast_obs.parse.dialects.interface import Template, is_serverless, mapping
from shopfast_obs.parse.read_problems import defect
from shopfast_obs.parse.templates import unsupported_types
from shopfast_obs.parse.templates.function_policies import permissions
from shopfast_obs.parse.templates.inline_resources import methods, stages
from shopfast_obs.parse.templates.intrinsics import Resolver
from shopfast_obs.parse.templates.physical_names import construct_path
from shopfast_obs.parse.templates.template_file import HINT, Document, read_document

if TYPE_CHECKING:
    from shopfast_obs.parse.dialects.serverless.files import ProjectFiles

ASSET = "aws:asset:path"  # where CDK says from which folder a function's code comes
PATH = "aws:cdk:path"  # where the CDK CLI says which construct a resource is


def read_template(text: str, path: str | Path) -> dict[str, Any]:
    """The template in a file's text, short forms (`!Ref`) written out; raises UserError when it is none."""
    document = read_document(text, str(path))
    _checked(document)
    return document.value


def template_of(document: Document, beside: ProjectFiles | None = None) -> Template:
    """The template in CloudFormation's words, whatever dialect it is written in; raises UserError when it is none.
    `beside` gives the text of the files that it names."""
    if is_serverless(document.value):
        from shopfast_obs.parse.dialects import serverless

        return serverless.template(document, beside)
    _checked(document)
    if sam.speaks(document.value):
        return sam.template(document)

    def lines(logical_id: str) -> dict[str, int]:
        own = document.lines_below("Resources", logical_id, "Properties")
        return own | {"": document.lines.get(("Resources", logical_id), 1)}

    return Template(document.value, document.file, lines)


def _checked(document: Document) -> None:
    if not isinstance(document.value.get("Resources"), dict):
        raise UserError(f"{document.file} is not a CloudFormation template: it has no Resources.", HINT)


def inventory(
    template: Template | Mapping[str, Any],
    source: str,
    stack: str = "",
    parameters: Mapping[str, Any] | None = None,
    paths: Mapping[str, str] | None = None,
) -> Inventory:
    """The resources that a template declares.

    Intrinsics are resolved as far as the template alone allows: parameters to the given value or their default, other
    resources to their name or ARN; pseudo parameters stay as `${AWS::Region}` unless `parameters` gives them. What
    cannot be known keeps its intrinsic. A resource without a physical name is referred to (`${Hello@stack}`), and goes
    by its construct path (in `paths` by its logical id, or what CDK says) or its logical id. What cannot be read is a
    gap.
    """
    template = template if isinstance(template, Template) else Template(template)
    resolver = Resolver(template.value, stack, parameters or {})
    resources: list[Resource] = []
    gaps = [*template.gaps, *_gaps(template.value)]
    names = {reference(key, stack): value for key, value in _called(template.value, resolver, paths or {}).items()}
    for logical_id, entry in mapping(template.value.get("Resources")).items():
        if not isinstance(logical_id, str) or not isinstance(entry, Mapping) or not isinstance(entry.get("Type"), str):
            gaps.append(Gap(f"{logical_id} of {source}", _typeless(str(logical_id))))
        elif resolver.condition(entry.get("Condition")) is not False:
            try:
                properties = resolver.resolve(entry.get("Properties") or {})
                if isinstance(properties, dict):
                    resources.append(_resource(template, resolver, stack, logical_id, properties, names))
                else:
                    gaps.append(Gap(f"{logical_id} of {source}", "its Properties are not an object"))
            except Exception as problem:  # one resource must not hide the others
                gaps.append(Gap(f"{logical_id} of {source}", defect(problem)))
    found = [*resources, *(method for resource in resources for method in methods(resource)), *stages(resources)]
    found += permissions(resources)
    gaps += unsupported_types.gaps(resources)
    return Inventory(source, tuple(found), tuple(gaps), tuple(_outputs(template.value, resolver, stack)))


def _outputs(template: Mapping[str, Any], resolver: Resolver, stack: str) -> Iterator[Output]:
    for name, entry in mapping(template.get("Outputs")).items():
        export = resolver.resolve(mapping(mapping(entry).get("Export")).get("Name"))
        yield Output(
            str(name), resolver.resolve(mapping(entry).get("Value")), stack, export if isinstance(export, str) else ""
        )


def _called(template: Mapping[str, Any], resolver: Resolver, paths: Mapping[str, str]) -> dict[str, str]:
    """What people call each resource that has no physical name."""
    found = {}
    for logical_id, entry in mapping(template.get("Resources")).items():
        if isinstance(logical_id, str) and not resolver.physical_name(logical_id):
            said = paths.get(logical_id) or mapping(mapping(entry).get("Metadata")).get(PATH)
            found[logical_id] = construct_path(said) if isinstance(said, str) and said else logical_id
    return found


def _resource(  # noqa: PLR0917 - what a resource is made of
    template: Template,
    resolver: Resolver,
    stack: str,
    logical_id: str,
    properties: Mapping[str, Any],
    names: Mapping[str, str],
) -> Resource:
    identifier = resolver.identifier(logical_id)
    name = readable(identifier, names)
    entry = template.value["Resources"][logical_id]
    code = template.code.get(logical_id) or mapping(entry.get("Metadata")).get(ASSET) or properties.get("Code")
    return Resource(
        type=entry["Type"],
        name=name,
        logical_id=logical_id,
        stack=stack,
        arn=resolver.arn(logical_id),
        properties=properties,
        file=template.file,
        lines=template.lines(logical_id) if template.file else {},
        code=code if isinstance(code, str) else "",
        by_reference="" if identifier == name else identifier,
    )


def _typeless(logical_id: str) -> str:
    return "it is a loop, which is not expanded" if logical_id.startswith("Fn::ForEach") else "it has no Type"


def uploaded(template_url: Any) -> str:  # noqa: ANN401 - any JSON value
    """The file name at the end of a nested stack's TemplateURL, however that is put together; empty where it is not
    written out."""
    match template_url:
        case str(text):
            return text.rpartition("/")[2]
        case {"Fn::Join": [_, [*_, last]]} | {"Fn::Sub": [last, *_]} | {"Fn::Sub": last}:
            return uploaded(last)
    return ""


def nested_gap(logical_id: str) -> Gap:
    """What is said of a nested stack whose template was not read."""
    return Gap(f"nested stack {logical_id}", "its template is a file of its own")


def _gaps(template: Mapping[str, Any]) -> Iterator[Gap]:
    macros = template.get("Transform")
    for macro in macros if isinstance(macros, list) else [macros] if macros else []:
        yield Gap(f"transform {macro}", "it is not expanded: what it makes of the template is not seen")
    for logical_id, entry in mapping(template.get("Resources")).items():
        if mapping(entry).get("Type") == NESTED:
            yield nested_gap(logical_id)
        if "Fn::Transform" in mapping(mapping(entry).get("Properties")):
            yield Gap(f"Fn::Transform in {logical_id}", "it is not expanded: what it adds is not seen")
