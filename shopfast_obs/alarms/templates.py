"""Alarms into a template that people write: beside their resources, by the template's own syntax."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from shopfast_obs.alarms.needed_alarms import Derived, derive
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.overlay import AlarmDefinition
from shopfast_obs.model.records import record
from shopfast_obs.model.references import unqualified
from shopfast_obs.model.resources import ALARM, REST_API, TOPIC, Inventory, Resource
from shopfast_obs.parse.dialects.interface import is_serverless, mapping
from shopfast_obs.parse.templates import yaml_tags
from shopfast_obs.parse.templates.template_edit import EditError, append, put_last
from shopfast_obs.parse.templates.template_extend import extend

ALARM_TOPIC = "AlarmTopic"
STACK_NAME = "${AWS::StackName"
GENERATED = re.compile(r"(Lambda)?Function$")


@record
class Declared:
    """The alarms that one file needs by their logical ids, as resources, and what it needs none for."""

    alarms: Mapping[str, Mapping[str, Any]]
    derived: Derived
    skipped: tuple[Skipped, ...] = ()


@record
class Edited:
    """A file's new text, the logical ids of what came in, and what was left alone."""

    text: str
    added: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def declared(inventory: Inventory, file: str, text: str, derived: Derived | None = None) -> Declared:
    """Those of the alarms (all that the inventory needs) whose resources the file declares."""
    derived = derived or derive(inventory)
    document = _document(text)
    found: dict[str, Mapping[str, Any]] = {}
    skipped = [Skipped(f"{item.resource}-{item.kind}", item.reason) for item in derived.not_needed]
    short = _short_names([resource for resource in inventory.resources if resource.file == file])
    for alarm, resource in zip(derived.alarms, derived.resources, strict=True):
        if resource.file != file:
            continue
        try:
            called = short[resource.type, resource.logical_id]
            found[_id(called, alarm)] = _resource(resource, alarm, document, called)
        except EditError as problem:
            skipped.append(Skipped(alarm.name, str(problem)))
    return Declared(found, derived, tuple(skipped))


def edited(text: str, wanted: Declared) -> Edited:
    """The file with the alarms that it has not yet, and a topic that they notify unless its own alarms have one; raises
    EditError where nothing can be put in."""
    document = _document(text)
    speaks_serverless = is_serverless(document)
    own = _own(document)
    missing = {name: dict(alarm) for name, alarm in wanted.alarms.items() if name not in own}
    if not missing:
        return Edited(text, skipped=wanted.skipped)
    actions = _actions(own)
    for alarm in missing.values():
        alarm["Properties"] = {**alarm["Properties"], "AlarmActions": deepcopy(actions), "OKActions": deepcopy(actions)}
    if actions == [{"Ref": ALARM_TOPIC}] and ALARM_TOPIC not in own:
        missing = {ALARM_TOPIC: {"Type": TOPIC}, **missing}
    new = _into_serverless(text, document, missing) if speaks_serverless else extend(text, ["Resources"], missing)
    if (
        _without(_document(new), missing) != _without(document, missing)
        or not missing.keys() <= _own(_document(new)).keys()
    ):
        raise EditError("it could not be edited without touching more")
    return Edited(new, tuple(missing), wanted.skipped)


def _resource(resource: Resource, alarm: AlarmDefinition, document: Mapping[str, Any], short: str) -> dict[str, Any]:
    """The alarm as a resource of the template; where its resource is there on a condition, so is the alarm."""
    properties = _local(dict(alarm.properties), resource.stack)
    if is_serverless(document) and resource.type == REST_API:
        properties = _named_by_stage(properties, document)
    if STACK_NAME in resource.identifier:  # the file's name stands for the stack's, which only the deployment knows
        said = str(properties["AlarmDescription"])
        properties = {**properties, "AlarmDescription": said.replace(resource.name, resource.logical_id, 1)}
    name = {"Fn::Sub": f"${{AWS::StackName}}-{short}-{alarm.kind}"}
    entry = mapping(mapping(document.get("Resources")).get(resource.logical_id))
    condition = {"Condition": entry["Condition"]} if isinstance(entry.get("Condition"), str) else {}
    return {"Type": alarm.type, **condition, "Properties": {"AlarmName": name, **properties}}


def _local(value: Any, stack: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value with references as they stand in a template of that stack; raises EditError for those to another."""
    if isinstance(value, list):
        return [_local(item, stack) for item in value]
    match value:
        case {"Ref": str(said)}:
            return {"Ref": _own_id(said, stack)}
        case {"Fn::GetAtt": [str(said), str(attribute)]}:
            return {"Fn::GetAtt": [_own_id(said, stack), attribute]}
    if isinstance(value, Mapping):
        return {key: _local(item, stack) for key, item in value.items()}
    if isinstance(value, str) and "${" in value and re.search(rf"@(?!{re.escape(stack)}\}})[^{{}}]*\}}", value):
        raise EditError("it names something of another stack")
    return unqualified(value)


def _own_id(said: str, stack: str) -> str:
    logical_id, _, other = said.partition("@")
    if other not in ("", stack):
        raise EditError(f"it names {logical_id} of another stack")
    return logical_id


def _named_by_stage(properties: dict[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """The framework names an API after the stage that is deployed."""
    service = document.get("service")
    own = mapping(document.get("provider")).get("apiName")
    name = own or f"${{sls:stage}}-{mapping(service).get('name') or service}"
    return {**properties, "Dimensions": [{"Name": "ApiName", "Value": name}]}


def _short_names(resources: Sequence[Resource]) -> Mapping[tuple[str, str], str]:
    """Each type and logical id without the `Function` at its end, unless two of a type were called the same."""
    short = {(r.type, r.logical_id): GENERATED.sub("", r.logical_id) or r.logical_id for r in resources}
    times = Counter((type_, said) for (type_, _), said in short.items())
    return {key: said if times[key[0], said] == 1 else key[1] for key, said in short.items()}


def _id(short: str, alarm: AlarmDefinition) -> str:
    kind = "".join(word[:1].upper() + word[1:] for word in alarm.kind.split("-"))
    return f"{short}{kind}Alarm"


def _actions(own: Mapping[str, Any]) -> list[Any]:
    """What the template's own alarms notify, else a topic of ours."""
    for entry in own.values():
        said = mapping(mapping(entry).get("Properties")).get("AlarmActions")
        if mapping(entry).get("Type") == ALARM and isinstance(said, list) and said:
            return list(said)
    return [{"Ref": ALARM_TOPIC}]


def _document(text: str) -> Mapping[str, Any]:
    try:
        document, _ = yaml_tags.read(text)
    except yaml_tags.YamlError as problem:
        raise EditError(f"it cannot be read: {problem}") from None
    return mapping(document)


def _own(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The resources that the document writes out."""
    if not is_serverless(document):
        return mapping(document.get("Resources"))
    found: dict[str, Any] = {}
    said = document.get("resources")
    for part in said if isinstance(said, list) else [said]:
        found |= mapping(mapping(part).get("Resources"))
    return found


def _into_serverless(text: str, document: Mapping[str, Any], entries: Mapping[str, Any]) -> str:
    """Under `resources`; where that is a list of files, as one more part of it."""
    said = document.get("resources")
    if said is None:
        return put_last(text, "resources", {"Resources": entries})
    if isinstance(said, list):
        return append(text, ["resources"], [{"Resources": entries}])
    return extend(text, ["resources", "Resources"], entries)


def _without(document: Mapping[str, Any], entries: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The document without these resources, and without what stands around them alone."""

    def pruned(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, list):
            return [item for item in map(pruned, value) if item not in ({}, None)]
        if isinstance(value, Mapping):
            kept = {key: pruned(item) for key, item in value.items() if key not in entries}
            return {key: item for key, item in kept.items() if item != {} or key not in ("resources", "Resources")}
        return value

    return pruned(document)
