"""Nested stacks: an update leaves most of a child's resources as they are, and MiniStack forgets their attributes then.

The child's outputs and whatever refers to such a resource would fail with "attribute does not exist in schema".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shopfast_obs.localcloud.ministack.untyped import Untyped

Update = Callable[..., tuple[str, dict[str, Untyped]]]


def keeping_attributes(update: Update, stacks: Mapping[str, Untyped]) -> Update:
    """MiniStack's update of a resource; without attributes of before, those of the resource in its stack are taken."""

    def wrapped(  # noqa: PLR0917 - MiniStack's own parameters
        resource_type: str,
        physical_id: str,
        old_props: dict[str, Untyped],
        new_props: dict[str, Untyped],
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: dict[str, Untyped] | None = None,
    ) -> tuple[str, dict[str, Untyped]]:
        if old_attrs is None:
            resource = (stacks.get(stack_name) or {}).get("_resources", {}).get(logical_id) or {}
            old_attrs = resource.get("Attributes")
        return update(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)

    return wrapped
