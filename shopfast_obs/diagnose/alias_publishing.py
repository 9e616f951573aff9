"""Aliases that SAM moves by itself: a change of settings alone may not reach who calls through one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shopfast_obs.parse.dialects.interface import mapping

SAM_FUNCTION = "AWS::Serverless::Function"
# What makes SAM publish a version besides the code (AWS SAM, AutoPublishAliasAllProperties); all else with that switch.
PUBLISHING = frozenset({"MemorySize", "Environment", "SnapStart"})
SWITCH = "AutoPublishAliasAllProperties"


def unpublished(document: Mapping[str, Any], changed: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """A sentence for each function whose alias stays on the version before, by what is changed of the functions of the
    template (properties by logical id)."""
    shared = mapping(mapping(document.get("Globals")).get("Function"))
    for logical_id, properties in changed.items():
        entry = mapping(mapping(document.get("Resources")).get(logical_id))
        if entry.get("Type") != SAM_FUNCTION:
            continue
        said = {**shared, **mapping(entry.get("Properties"))}
        names = sorted({name.partition(".")[0] for name in properties})
        alias = said.get("AutoPublishAlias")
        if not alias or said.get(SWITCH) in (True, "true") or PUBLISHING.intersection(names):
            continue
        called = alias if isinstance(alias, str) else "that it moves"
        yield (
            f"{logical_id}: SAM publishes no version for {' and '.join(names)} alone, so its alias {called} keeps the "
            f"settings of before until the code changes: set {SWITCH}: true."
        )
