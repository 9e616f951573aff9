"""Suppressions of findings as they are written down: in the project's settings, in a file, or beside a resource.

Each becomes a resource of the inventory, so that rules can judge it: one without reason, or past its day, is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.resources import SUPPRESSION, Resource

KEYS = ("rule", "resource", "reason", "until")
METADATA = "shopfast-obs"
EXAMPLE = 'Write, for example: rule = "lambda-no-alarm", resource = "cleanup-*", reason = "...", until = 2027-01-31'


def read(entries: Any, file: str, today: date, lines: Sequence[int] = ()) -> tuple[Resource, ...]:  # noqa: ANN401
    """The suppressions in a list of tables; raises UserError for one that does not say which rule it means."""
    if not isinstance(entries, list):
        raise UserError(f"`suppress` in {file} must be a list of tables.", EXAMPLE)
    return tuple(
        _read(entry, f"{file}, suppression {number}", file, lines[number - 1] if number <= len(lines) else 1, today)
        for number, entry in enumerate(entries, 1)
    )


def of_metadata(metadata: Any, resource: str, file: str, line: int, today: date) -> tuple[Resource, ...]:  # noqa: ANN401
    """The suppressions in a resource's Metadata, `shopfast-obs: {suppress: [...]}`; they mean this resource."""
    ours = metadata.get(METADATA) if isinstance(metadata, Mapping) else None
    entries = ours.get("suppress") if isinstance(ours, Mapping) else None
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise UserError(f"`suppress` in the Metadata of {resource} in {file} must be a list.", EXAMPLE)
    return tuple(
        _read({"resource": resource, **entry} if isinstance(entry, Mapping) else entry, where, file, line, today)
        for number, entry in enumerate(entries, 1)
        for where in (f"{file}, {resource}, suppression {number}",)
    )


def _read(entry: Any, where: str, file: str, line: int, today: date) -> Resource:  # noqa: ANN401
    if not isinstance(entry, Mapping) or not isinstance(entry.get("rule"), str):
        raise UserError(f"{where} does not name its rule.", EXAMPLE)
    unknown = [key for key in entry if key not in KEYS]
    if unknown:
        raise UserError(f"{where} has the unknown key {unknown[0]!r}.", f"Known are {', '.join(KEYS)}.")
    until = _day(entry.get("until"), where)
    properties: dict[str, Any] = {
        "Rule": entry["rule"],
        "Resource": str(entry.get("resource", "*")),
        "Reason": str(entry.get("reason") or ""),
        "Expired": until is not None and until < today,
    }
    if until is not None:
        properties["Until"] = until.isoformat()
    return Resource(SUPPRESSION, where, properties=properties, file=file, lines={"": line})


def _day(value: Any, where: str) -> date | None:  # noqa: ANN401
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise UserError(f"{where}: {value!r} is no day.", "Write it as 2027-01-31.") from None
