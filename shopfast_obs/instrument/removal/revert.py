"""Take one change of a text back out of what the text has become since; what others changed stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from shopfast_obs.model.overlay import Overlay, ResourceOverlay


def reverted(before: str, after: str, now: str) -> str | None:
    """`now` without what turned `before` into `after`; None where somebody has changed the same lines."""
    if now == after:
        return before
    base, ours, theirs = (text.splitlines(keepends=True) for text in (after, before, now))
    kept = _kept(base, theirs)
    result: list[str] = []
    at = 0  # in `theirs`
    for start, end, replacement in _edits(base, ours):
        place = _place(kept, start, end)
        if place is None or place < at:
            return None
        result += theirs[at:place] + replacement
        at = place + end - start
    return "".join(result + theirs[at:])


def _edits(base: list[str], ours: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """The ranges of `base` that the change concerns, and the lines that belong there."""
    for tag, a, b, c, d in SequenceMatcher(None, base, ours, autojunk=False).get_opcodes():
        if tag != "equal":
            yield a, b, ours[c:d]


def _kept(base: list[str], theirs: list[str]) -> dict[int, int]:
    """Where each line of `base` that nobody touched is now; one past the last lines counts as a line."""
    kept = {
        a + offset: b + offset
        for a, b, size in SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
        for offset in range(size)
    }
    if not base or kept.get(len(base) - 1) == len(theirs) - 1:
        kept[len(base)] = len(theirs)
    return kept


def _place(kept: dict[int, int], start: int, end: int) -> int | None:
    """Where the range is now, when all its lines are there in one piece."""
    if start == end:  # lines go in between two: both must still be neighbours
        before, behind = kept.get(start - 1, -1 if start == 0 else None), kept.get(start)
        return behind if behind is not None and before is not None and behind == before + 1 else None
    places = [kept.get(line) for line in range(start, end)]
    first = places[0]
    if first is None or places != list(range(first, first + end - start)):
        return None
    return first


def without(before: Overlay, after: Overlay, now: Overlay) -> Overlay:
    """The overlay without what the change decided; a value that was changed since is somebody's, and stays."""
    resources = []
    for resource in now.resources:
        old, new = _of(before, resource), _of(after, resource)
        kept = {
            path: value
            for path, value in resource.properties.items()
            if path in old.properties or new.properties.get(path) != value or path not in new.properties
        }
        layers = tuple(layer for layer in resource.layers if layer in old.layers or layer not in new.layers)
        if kept or layers:
            resources.append(replace(resource, properties=kept, layers=layers))
    return replace(now, resources=tuple(resources))


def _of(overlay: Overlay, resource: ResourceOverlay) -> ResourceOverlay:
    for found in overlay.resources:
        if (found.type, found.name) == (resource.type, resource.name):
            return found
    return ResourceOverlay(resource.type, resource.name)
