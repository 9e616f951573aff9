"""The steps by which an exercise plants its fault and by which it is solved, and the changes of files that they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.model.changes import FileChange, Plan
from shopfast_obs.model.overlay import Overlay, ResourceOverlay
from shopfast_obs.parse import overlay as overlay_file
from shopfast_obs.workshop.exercise import Call, Command, Edit, Message, Setting, Step
from shopfast_obs.workshop.front_matter import FrontMatter
from shopfast_obs.workshop.interface import TEXT, Types

KINDS: Mapping[str, tuple[Callable[..., Step], Mapping[str, Types]]] = {
    "edit": (Edit, {"file": TEXT, "find": TEXT, "replace": TEXT}),
    "overlay": (Setting, {"type": TEXT, "name": TEXT, "properties": (dict,)}),
    "send": (Message, {"queue": TEXT, "body": TEXT}),
    "call": (Call, {"line": TEXT, "undo": TEXT}),
    "run": (Command, {"line": TEXT}),
}
VARIANT = "variant"

Content = Callable[[str], bytes | None]  # of a file of the project, by its path; None where there is none


def read(matter: FrontMatter, part: str) -> tuple[Step, ...]:
    """The steps of `plant` or `solve`: a command as a text, or a mapping of one kind; raises UserError."""
    return tuple(_step(matter, part, number, item) for number, item in enumerate(matter.values[part], start=1))


def _step(matter: FrontMatter, part: str, number: int, item: Any) -> Step:  # noqa: ANN401 - YAML has any type
    if isinstance(item, str):
        return Command(item)
    what = f"step {number} of `{part}`"
    kinds = sorted(set(item) - {VARIANT}) if isinstance(item, dict) else []
    if len(kinds) != 1 or kinds[0] not in KINDS or not isinstance(item[kinds[0]], dict):
        raise matter.bad(f"{what} is no command and none of {', '.join(sorted(KINDS))}", part)
    make, schema = KINDS[kinds[0]]
    matter.fits(what, item[kinds[0]], schema, part)
    variant = item.get(VARIANT, "")
    if not isinstance(variant, str):
        raise matter.bad(f"`{VARIANT}` of {what} cannot be {variant!r:.40}", part)
    return make(**item[kinds[0]], variant=variant)


def of(steps: Iterable[Step], variant: str) -> list[Step]:
    """The steps of one form of the fault, and those of every form."""
    return [step for step in steps if step.variant in ("", variant)]


def plan(command: str, steps: Sequence[Step], content: Content, overlay: str) -> Plan:
    """The changes of files that the edits and settings among the steps are, as one plan. `overlay` is the path of the
    overlay in the project. Raises UserError where a text is not there once."""
    files: dict[str, tuple[bytes | None, bytes | None]] = {}
    for step in steps:
        if isinstance(step, Edit):
            before, now = files.get(step.file) or (content(step.file),) * 2
            files[step.file] = before, _edited(step, now)
        elif isinstance(step, Setting):
            before, now = files.get(overlay) or (content(overlay),) * 2
            files[overlay] = before, _decided(step, now, overlay)
    changes = (FileChange(path, before, after, command) for path, (before, after) in files.items() if before != after)
    return Plan(command, tuple(changes))


def _edited(step: Edit, now: bytes | None) -> bytes:
    text = (now or b"").decode("utf-8")
    if text.count(step.find) != 1:
        raise UserError(
            f"{step.file} cannot be changed: it has {step.find.strip()!r:.80} {text.count(step.find)} times, not once.",
            "Take your own change of the file back (git diff shows it), or begin anew: shopfast-obs workshop goto 00",
        )
    return text.replace(step.find, step.replace).encode()


def _decided(step: Setting, now: bytes | None, path: str) -> bytes:
    overlay = overlay_file.read(now.decode("utf-8"), path) if now else Overlay()
    changed = overlay.with_resource(ResourceOverlay(step.type, step.name, step.properties))
    return overlay_file.write(changed).encode()
