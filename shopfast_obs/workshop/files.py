"""Reads the files of `runbooks/`: front matter with a strict schema, then the text that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shopfast_obs.errors import UserError
from shopfast_obs.workshop.interface import CheckSpec, Exercise, Runbook, TrafficSpec

EXERCISE_KEYS = {
    "id", "title", "kind", "version", "minutes", "difficulty", "needs", "fault", "traffic", "proves_broken", "checks",
    "hints", "solve", "why",
}  # fmt: skip
RUNBOOK_KEYS = {"id", "title", "kind", "version", "alarm", "severity"}
HINTS = 3  # where to look, what to look for, the command


def read(folder: Path) -> tuple[tuple[Exercise, ...], tuple[Runbook, ...]]:
    """The exercises in their order and the runbooks by id; raises UserError for a file that is not well formed."""
    if not folder.is_dir():
        raise UserError(f"There are no runbooks at {folder}.", "Run the command inside the project, see its settings.")
    exercises, runbooks = [], []
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        matter, body = front_matter(path)
        if matter.get("kind") == "exercise":
            exercises.append(_exercise(path, matter, body))
        else:
            runbooks.append(_runbook(path, matter, body))
    _known_needs(exercises)
    return tuple(exercises), tuple(runbooks)


def front_matter(path: Path) -> tuple[Mapping[str, Any], str]:
    """The front matter as a mapping, and the text after it."""
    import yaml

    head, separator, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    try:
        matter = yaml.safe_load(head) if separator else None
    except yaml.YAMLError as problem:
        raise _bad(path, f"its front matter is not valid YAML: {problem}") from None
    if not isinstance(matter, dict):
        raise _bad(path, "it has no front matter")
    return matter, body


def _exercise(path: Path, matter: Mapping[str, Any], body: str) -> Exercise:
    _exactly(path, matter, EXERCISE_KEYS)
    checks = tuple(_checks(path, matter["checks"]))
    names = {check.id for check in checks}
    broken = tuple(matter["proves_broken"])
    if not broken or set(broken) - names:
        raise _bad(path, "`proves_broken` must name some of its checks")
    hints = tuple(matter["hints"])
    if len(hints) != HINTS or not all(hints):
        raise _bad(path, f"it needs {HINTS} hints: where to look, what to look for, the command")
    return Exercise(
        id=matter["id"],
        title=matter["title"],
        minutes=matter["minutes"],
        difficulty=matter["difficulty"],
        needs=tuple(matter["needs"]),
        faults=tuple(matter["fault"]),
        traffic=TrafficSpec(**matter["traffic"]),
        checks=checks,
        proves_broken=broken,
        hints=hints,
        solve=tuple(matter["solve"]),
        why=matter["why"],
        path=str(path),
        body=body,
    )


def _runbook(path: Path, matter: Mapping[str, Any], body: str) -> Runbook:
    _exactly(path, matter, RUNBOOK_KEYS)
    return Runbook(matter["id"], matter["title"], matter["alarm"], str(path), body)


def _checks(path: Path, items: Sequence[Mapping[str, Any]]) -> Iterator[CheckSpec]:
    from shopfast_obs.workshop.checks import primitives

    for item in items:
        rest = dict(item)
        try:
            name, on_fail = rest.pop("id"), rest.pop("on_fail")
            (kind,) = rest
            parameters = dict(rest[kind])
        except (KeyError, ValueError, TypeError):
            raise _bad(path, f"a check needs `id`, `on_fail` and one primitive: {dict(item)!r}") from None
        if kind not in primitives():
            raise _bad(path, f"check {name!r} uses an unknown primitive {kind!r}")
        unknown = set(parameters) - primitives()[kind].parameters
        if unknown:
            raise _bad(path, f"check {name!r}: {kind} does not know {', '.join(sorted(unknown))}")
        yield CheckSpec(name, kind, parameters, on_fail)


def _exactly(path: Path, matter: Mapping[str, Any], keys: set[str]) -> None:
    if set(matter) != keys:
        wrong = sorted(set(matter) ^ keys)
        raise _bad(path, f"its front matter has too much or too little: {', '.join(wrong)}")
    if path.stem != matter["id"]:
        raise _bad(path, f"its id is {matter['id']!r}: file and id are named alike")


def _known_needs(exercises: Sequence[Exercise]) -> None:
    seen: set[str] = set()
    for exercise in exercises:
        if set(exercise.needs) - seen:
            raise _bad(Path(exercise.path), f"it needs {set(exercise.needs) - seen}, which does not come before it")
        seen.add(exercise.id)


def _bad(path: Path, what: str) -> UserError:
    return UserError(f"{path} cannot be used: {what}.", "Mend the file and try again.")
