"""Plans as unified diffs that people read and `git apply` takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace

from shopfast_obs.model.changes import FileChange, Plan


def diff(plan: Plan) -> str:
    """The plan as one unified diff, files in the plan's order; empty when nothing changes."""
    return "".join(line for change in plan.changes for line in _file(change))


def reverse(plan: Plan) -> Plan:
    """The plan that takes this one back."""
    changes = tuple(replace(change, before=change.after, after=change.before) for change in reversed(plan.changes))
    live = tuple(replace(change, before=change.after, after=change.before) for change in reversed(plan.live))
    roles = tuple(replace(change, before=change.after, after=change.before) for change in plan.roles)
    definitions = tuple(replace(one, before=one.after, after=one.before) for one in reversed(plan.definitions))
    return replace(plan, changes=changes, live=live, roles=roles, definitions=definitions, effects=(), skipped=())


def _file(change: FileChange) -> Iterator[str]:
    if change.before == change.after:
        return
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    new = "/dev/null" if change.after is None else f"b/{change.path}"
    yield f"diff --git a/{change.path} b/{change.path}\n"
    if change.before is None:
        yield "new file mode 100644\n"
    elif change.after is None:
        yield "deleted file mode 100644\n"
    if b"\0" in (change.before or b"") + (change.after or b""):
        yield f"Binary files {old} and {new} differ\n"
        return
    for line in difflib.unified_diff(_lines(change.before), _lines(change.after), old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes | None) -> list[str]:
    """Lines as git counts them: only a line feed ends one (str.splitlines splits at form feeds and others too)."""
    text = (data or b"").decode("utf-8", errors="backslashreplace")
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
