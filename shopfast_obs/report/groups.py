"""What a reader calls an error group."""

from __future__ import annotations

from shopfast_obs.analysis.errors.groups import ErrorGroup


def group_name(group: ErrorGroup) -> str:
    """What a reader calls the group: `KeyError: 'sku'`, `Task timed out after <n> seconds`."""
    if group.kind in ("exception", "throttle") and group.type:
        return f"{group.type}: {group.message}" if group.message else group.type
    return group.message or group.type
