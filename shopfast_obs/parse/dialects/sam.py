"""SAM templates through AWS's own translator: Globals, policy templates, events, implicit APIs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import FUNCTION, NESTED, Gap
from shopfast_obs.parse.dialects.interface import Lines, Template, mapping, renamed
from shopfast_obs.parse.templates.template_file import Document

TRANSFORM = "AWS::Serverless-2016-10-31"
PREFIX = "AWS::Serverless::"
SAM_FUNCTION = "AWS::Serverless::Function"
APPLICATION = "AWS::Serverless::Application"
ELSEWHERE = "s3://not-uploaded/yet"  # the translator asks for an address before there is one
LOCAL = ("CodeUri", "ContentUri", "DefinitionUri", "SchemaUri")
GLOBALS = {SAM_FUNCTION: "Function", "AWS::Serverless::Api": "Api", "AWS::Serverless::HttpApi": "HttpApi",
           "AWS::Serverless::SimpleTable": "SimpleTable", "AWS::Serverless::StateMachine": "StateMachine"}  # fmt: skip
NAMES = {
    "Tracing": "TracingConfig.Mode",
    "CodeUri": "Code",
    "DeadLetterQueue": "DeadLetterConfig",
    "Name": "StateMachineName",
    "Definition": "DefinitionString",
    "Logging": "LoggingConfiguration",
}
# What CloudFormation's properties are called in SAM's own resources, where `fix` sets them.
WRITTEN = {
    SAM_FUNCTION: {"TracingConfig.Mode": "Tracing"},
    "AWS::Serverless::StateMachine": {"TracingConfiguration.Enabled": "Tracing.Enabled"},
}
PLAIN = {  # resources that the translator refuses, as far as their properties have the same names
    SAM_FUNCTION: FUNCTION,
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::LayerVersion": "AWS::Lambda::LayerVersion",
}
ABSENT = "AWS's translator of SAM templates is not here, so events and policies are not seen"
INSTALL = "pip install 'shopfast-obs[sam]'"
REFUSED = "SAM refuses it, so its events and policies are not seen"
IMPLICIT = {"ServerlessRestApi": "Api", "ServerlessHttpApi": "HttpApi"}


def speaks(value: Mapping[str, Any]) -> bool:
    """True for a SAM template, also for one that forgot its Transform."""
    transforms = value.get("Transform")
    named = TRANSFORM in (transforms if isinstance(transforms, list) else [transforms])
    entries = mapping(value.get("Resources")).values()
    return named or any(str(mapping(entry).get("Type")).startswith(PREFIX) for entry in entries)


def template(document: Document) -> Template:
    """What CloudFormation would make of the document. What the translator refuses stays as far as Globals and its own
    properties tell, and is a gap."""
    source = _Source(document)
    value, gaps = _translated(source.prepared())
    return Template(value, document.file, source.lines, source.code(), tuple(gaps))


@dataclass(frozen=True)
class _Source:
    """The document as its author wrote it."""

    document: Document

    @property
    def resources(self) -> Mapping[str, Any]:
        return mapping(self.document.value.get("Resources"))

    def code(self) -> dict[str, str]:
        shared = mapping(mapping(self.document.value.get("Globals")).get("Function")).get("CodeUri")
        found = {}
        for name, entry in self.resources.items():
            if mapping(entry).get("Type") == SAM_FUNCTION:
                uri = mapping(mapping(entry).get("Properties")).get("CodeUri", shared)
                if isinstance(uri, str) and not uri.startswith("s3://"):
                    found[name] = uri
        return found

    def prepared(self) -> dict[str, Any]:
        """A copy that the translator may change, local paths replaced by addresses."""
        value = copy.deepcopy(dict(self.document.value))
        for section in mapping(value.get("Globals")).values():
            _uploaded(section)
        for entry in mapping(value.get("Resources")).values():
            if not isinstance(entry, dict) or not str(entry.get("Type")).startswith(PREFIX):
                continue
            properties = entry.get("Properties")
            _uploaded(properties)
            location = mapping(properties).get("Location")
            if entry["Type"] == APPLICATION and isinstance(location, str):
                entry["Type"] = NESTED
                entry["Properties"] = {"TemplateURL": location, "Parameters": mapping(properties).get("Parameters", {})}
            elif entry["Type"] == SAM_FUNCTION and isinstance(properties, dict):
                _with_code(properties, mapping(mapping(value.get("Globals")).get("Function")))
        return value

    def lines(self, logical_id: str) -> Lines:
        owner = self._owner(logical_id)
        if owner is None:
            section = next((name for prefix, name in IMPLICIT.items() if logical_id.startswith(prefix)), "")
            return self.document.lines_below("Globals", section) if section else {}
        own = self.document.lines_below("Resources", owner, "Properties")
        here = self.document.lines.get(("Resources", owner), 1)
        if logical_id != owner:
            event = next((name for name in self._events(owner) if logical_id.startswith(owner + name)), "")
            return {"": own.get(f"Events.{event}", here)} | ({} if event else renamed(own, NAMES) | {"": here})
        section = GLOBALS.get(str(mapping(self.resources[owner]).get("Type")), "")
        shared = self.document.lines_below("Globals", section) if section else {}
        return renamed(shared, NAMES) | renamed(own, NAMES) | {"": here}

    def _events(self, owner: str) -> list[str]:
        events = mapping(mapping(mapping(self.resources[owner]).get("Properties")).get("Events"))
        return sorted(map(str, events), key=len, reverse=True)

    def _owner(self, logical_id: str) -> str | None:
        """The resource that a generated one was made for: names of generated ones begin with it."""
        while logical_id and logical_id not in self._names:
            logical_id = logical_id[:-1]
        return logical_id or None

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(map(str, self.resources))


def _uploaded(properties: Any) -> None:  # noqa: ANN401
    if isinstance(properties, dict):
        for name in LOCAL:
            uri = properties.get(name)
            if isinstance(uri, str) and not uri.startswith("s3://"):
                properties[name] = ELSEWHERE


def _with_code(properties: dict[str, Any], shared: Mapping[str, Any]) -> None:
    """The translator wants code where `sam build` would only look for it."""
    if not {"CodeUri", "InlineCode", "ImageUri"} & (properties.keys() | shared.keys()):
        image = "Image" in (properties.get("PackageType"), shared.get("PackageType"))
        properties["ImageUri" if image else "CodeUri"] = "not-uploaded:yet" if image else ELSEWHERE


def _translated(value: dict[str, Any]) -> tuple[Mapping[str, Any], list[Gap]]:
    """The translation without what had to be left out of it, which is put in as far as its properties are plain."""
    gaps: list[Gap] = []
    plain: dict[str, Any] = {}
    shared = copy.deepcopy(mapping(value.get("Globals")))
    resources = value["Resources"]
    if reason := _absence():
        plain = {name: _plain(entry, shared) for name, entry in resources.items()}
        return _finished(value, plain), [Gap("the template", f"{ABSENT} ({INSTALL}): {reason}")]
    while resources:
        refused, result = _translate(copy.deepcopy(value))
        if not refused:
            return _finished({**value, **result}, {**mapping(result.get("Resources")), **plain}), gaps
        gaps += [Gap(name or "the template", f"{REFUSED}: {reason}") for name, reason in refused.items()]
        known = [name for name in refused if name in resources]
        for name in known or list(resources):
            plain[name] = _plain(resources.pop(name), shared)
    return _finished(value, plain), gaps


def _absence() -> str:
    """Why the translator cannot be loaded, empty where it can."""
    try:
        import samtranslator  # noqa: F401
    except (ImportError, UserError) as problem:
        return str(problem)[:300]
    return ""


def _finished(value: Mapping[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    """The template with these resources, and without the transform that was done."""
    transforms = value.get("Transform")
    left = [item for item in (transforms if isinstance(transforms, list) else [transforms]) if item != TRANSFORM]
    return {**value, "Resources": resources, "Transform": [item for item in left if item]}


def _translate(value: dict[str, Any]) -> tuple[dict[str, str], Mapping[str, Any]]:
    """What is refused and why (the empty name for the template as a whole), and the translation."""
    import logging

    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    parameters = {
        name: entry["Default"]
        for name, entry in mapping(value.get("Parameters")).items()
        if "Default" in mapping(entry) and not str(entry.get("Type")).startswith("AWS::SSM::")
    }
    try:
        return {}, Translator({}, Parser(), boto_session=_Region()).translate(value, parameters)
    except InvalidDocumentException as problem:
        return dict(_causes(problem)) or {"": problem.message}, {}
    except Exception as problem:  # its defects on odd input must not end ours
        return {"": f"{type(problem).__name__}: {problem}"[:200]}, {}


def _causes(problem: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    for cause in problem.causes:
        name = getattr(cause, "_logical_id", "")
        said = str(cause.message).removeprefix(f"Resource with id [{name}] is invalid. ")
        yield str(name or ""), said.partition(" Must be one of ")[0][:200].rstrip(".")


class _Region:
    """All that the translator asks of a session: nothing is called."""

    region_name = "us-east-1"


def _plain(entry: Any, shared: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """A resource with Globals below its own properties, in CloudFormation's names where SAM has others."""
    kind = str(mapping(entry).get("Type"))
    if kind not in PLAIN:
        return entry
    properties = _merged(mapping(shared.get(GLOBALS.get(kind, ""))), mapping(entry.get("Properties")))
    tracing, dead = properties.pop("Tracing", None), properties.pop("DeadLetterQueue", None)
    if kind == SAM_FUNCTION and tracing is not None:
        properties["TracingConfig"] = {"Mode": tracing}
    if isinstance(dead, Mapping) and "TargetArn" in dead:
        properties["DeadLetterConfig"] = {"TargetArn": dead["TargetArn"]}
    for name in ("Events", "Policies", *LOCAL):
        properties.pop(name, None)
    return {**entry, "Type": PLAIN[kind], "Properties": properties}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Globals as SAM merges them: mappings are joined, lists follow each other, other values are replaced."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            found[key] = _merged(old, value)
        else:
            found[key] = [*old, *value] if isinstance(old, list) and isinstance(value, list) else value
    return found
