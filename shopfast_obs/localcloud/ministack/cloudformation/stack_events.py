"""Events of a stack's update: of resources that stay as they are AWS has none, and MiniStack has two of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shopfast_obs.localcloud.ministack.untyped import Untyped

Update = Callable[..., tuple[str, Untyped]]
Add = Callable[..., None]
WHOLE = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource")  # of which AWS has events all the same


class ChangedOnly:
    """Hears which resources an update leaves as they are, and takes their events back."""

    def __init__(self, events: Mapping[str, list[dict[str, Untyped]]]) -> None:
        self._events = events
        self._same: set[tuple[str, str]] = set()

    def updating(self, update: Update) -> Update:
        """MiniStack's update of a resource, with its result noted."""

        def wrapped(  # noqa: PLR0917 - MiniStack's own parameters
            resource_type: str,
            physical_id: str,
            old_props: dict[str, Untyped],
            new_props: dict[str, Untyped],
            stack_name: str,
            logical_id: str | None = None,
            old_attrs: dict[str, Untyped] | None = None,
        ) -> tuple[str, Untyped]:
            same = old_props == new_props  # before: what is updated may be written into
            done = update(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)
            if same and done[0] == physical_id and resource_type not in WHOLE:
                self._same.add((stack_name, logical_id or ""))
            return done

        return wrapped

    def adding(self, add: Add) -> Add:
        """MiniStack's recorder of events; of a resource that stays as it is the first event goes, and none follows."""

        def wrapped(  # noqa: PLR0917 - MiniStack's own parameters
            stack_id: str,
            stack_name: str,
            logical_id: str,
            resource_type: str,
            status: str,
            reason: str = "",
            physical_id: str = "",
            detailed_status: str = "",
        ) -> None:
            if status == "UPDATE_COMPLETE" and (stack_name, logical_id) in self._same:
                self._same.discard((stack_name, logical_id))
                self._take_back(stack_id, logical_id)
                return
            add(stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, detailed_status)

        return wrapped

    def _take_back(self, stack_id: str, logical_id: str) -> None:
        events = self._events.get(stack_id) or []
        for place in range(len(events) - 1, -1, -1):
            if events[place]["LogicalResourceId"] == logical_id:
                if events[place]["ResourceStatus"] == "UPDATE_IN_PROGRESS":
                    del events[place]
                return
