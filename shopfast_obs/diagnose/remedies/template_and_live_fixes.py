"""Where else than into the overlay a fix can go: into a template that people write, or into what is deployed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from shopfast_obs.diagnose.alias_publishing import unpublished
from shopfast_obs.diagnose.remedies.fixes import Fix, effects, left_to_others, predicted, summary, wanted
from shopfast_obs.model.changes import FileChange, LiveChange, Plan, Skipped
from shopfast_obs.model.findings import Finding, PropertyChange
from shopfast_obs.model.resources import FUNCTION, LOG_GROUP, Inventory, Resource
from shopfast_obs.parse.dialects.interface import mapping
from shopfast_obs.parse.templates import yaml_tags
from shopfast_obs.parse.templates.template_address import address
from shopfast_obs.parse.templates.template_edit import EditError, aliases, put

Settings = Mapping[str, Any]


def into_templates(
    findings: Iterable[Finding], declared: Inventory, texts: Mapping[str, bytes], deployed: Inventory | None = None
) -> Fix:
    """The change of the template files (content by path) that hold the resources; `declared` is what they declare. What
    stands in none of them is skipped with the reason. `deployed` tells the logical ids of findings about a cloud."""
    found = list(findings)
    made, skipped, files = [], list(left_to_others(found)), dict(texts)
    by_file: dict[str, list[PropertyChange]] = defaultdict(list)
    of_functions: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for change in wanted(found):
        resource = _declared(change, declared, deployed)
        file = resource.file if resource else ""
        try:
            if resource is None or file not in files:
                raise EditError("no template that was given declares it")
            files[file] = _edited(files[file], resource.logical_id, change)
        except EditError as problem:
            skipped.append(Skipped(f"{change.resource} {change.property}", str(problem)))
        else:
            made.append(change)
            by_file[file].append(change)
            if change.type == FUNCTION:
                of_functions[file][resource.logical_id].append(change.property)
    changes = tuple(
        FileChange(path, texts[path], after, summary(by_file[path]))
        for path, after in files.items()
        if after != texts[path]
    )
    said = [text for file, functions in of_functions.items() for text in unpublished(_document(texts[file]), functions)]
    told, numbers = (*effects(found, made), *said), predicted(found, made)
    return Fix(tuple(made), Plan("fix --template", changes, told, tuple(skipped), predicted=numbers))


def into_functions(findings: Iterable[Finding], deployed: Mapping[str, tuple[Settings, str]], target: str) -> Fix:
    """The change of the deployed functions (settings and revision by name), and of the retention of their log groups.
    Other resources are skipped: their stack is where they are changed."""
    found = list(findings)
    groups = {settings["LoggingConfig"]["LogGroup"]: name for name, (settings, _) in deployed.items()}
    made, skipped, after = [], list(left_to_others(found)), dict[str, dict[str, Any]]()
    for change in wanted(found):
        name = groups.get(change.resource, "") if change.type == LOG_GROUP else change.resource
        if change.type not in (FUNCTION, LOG_GROUP) or name not in deployed or change.property not in deployed[name][0]:
            skipped.append(Skipped(f"{change.resource} {change.property}", "only functions are changed in place"))
            continue
        after.setdefault(name, dict(deployed[name][0]))[change.property] = change.after
        made.append(change)
    live = tuple(LiveChange(name, deployed[name][0], wish, deployed[name][1]) for name, wish in after.items())
    told, numbers = tuple(effects(found, made)), predicted(found, made)
    plan = Plan("fix --live", (), told, tuple(skipped), live, target=target, predicted=numbers)
    return Fix(tuple(made), plan)


def _declared(change: PropertyChange, declared: Inventory, deployed: Inventory | None) -> Resource | None:
    running = deployed.find(change.type, change.resource) if deployed else None
    names = (change.resource, running.logical_id if running else "")
    return next((r for name in names if name and (r := declared.find(change.type, name))), None)


def _document(content: bytes) -> Settings:
    return mapping(yaml_tags.read(content.decode("utf-8"))[0])


def _edited(content: bytes, logical_id: str, change: PropertyChange) -> bytes:
    """The file with the property set, every other character as it was; raises EditError where that is not possible."""
    try:
        text = content.decode("utf-8")
        document, _ = yaml_tags.read(text)
    except (UnicodeDecodeError, yaml_tags.YamlError) as problem:
        raise EditError(f"its template cannot be read: {problem}") from None
    keys = address(mapping(document), logical_id, change.property)
    if keys is None:
        raise EditError("a tool makes it from the template, which does not name it")
    if aliases(text):
        raise EditError("the template uses YAML aliases: one line may stand for several resources")
    return put(text, keys, change.after).encode()
