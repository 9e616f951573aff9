"""Reads the files of `runbooks/`: front matter with a strict schema, then the text that people read."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

from shopfast_obs import confine
from shopfast_obs.errors import UserError
from shopfast_obs.workshop.checks import primitives
from shopfast_obs.workshop.interface import NUMBER, TEXT, TEXTS, CheckSpec, Exercise, Runbook, TrafficSpec, Types

EXERCISE: Mapping[str, Types] = {
    "id": TEXT, "title": TEXT, "kind": TEXT, "version": (int,), "minutes": NUMBER, "difficulty": (int,), "needs": TEXTS,
    "fault": TEXTS, "traffic": (dict,), "proves_broken": TEXTS, "checks": (list,), "hints": TEXTS, "solve": TEXTS,
    "why": TEXT,
}  # fmt: skip
RUNBOOK: Mapping[str, Types] = {
    "id": TEXT, "title": TEXT, "kind": TEXT, "version": (int,), "alarm": TEXT, "severity": TEXT,
}  # fmt: skip
TRAFFIC: Mapping[str, Types] = {"scenario": TEXT, "rps": NUMBER, "seconds": NUMBER}
CHECK = {"id", "on_fail"}  # beside the primitive
HINTS = 3  # where to look, what to look for, the command
SEVERITY = re.compile(r"SEV-[1-4]")


def read(folder: Path) -> tuple[tuple[Exercise, ...], tuple[Runbook, ...]]:
    """The exercises in their order and the runbooks by id; raises UserError for a file that is not well formed."""
    if not folder.is_dir():
        raise UserError(
            f"There are no runbooks at {folder}.",
            "Run the command inside the project, or set `runbooks` in [tool.shopfast-obs] of pyproject.toml.",
        )
    exercises, runbooks = [], []
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        matter, body = front_matter(path)
        if matter.get("kind") == "exercise":
            exercises.append(_exercise(path, matter, body))
        elif matter.get("kind") == "runbook":
            runbooks.append(_runbook(path, matter, body))
        else:
            raise _bad(path, f"its kind is {matter.get('kind')!r}, the kinds are exercise and runbook")
    _known_needs(exercises)
    return tuple(exercises), tuple(runbooks)


def front_matter(path: Path) -> tuple[Mapping[str, Any], str]:
    """The front matter as a mapping, and the text after it."""
    from shopfast_obs.parse.templates import yaml_tags

    try:
        text = confine.content(path).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _bad(path, "it is not UTF-8 text") from None
    opening, *rest = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
    if opening or len(rest) != 2:
        raise _bad(path, "it has no front matter between two lines of ---")
    try:
        matter = yaml_tags.small(rest[0])
    except yaml_tags.YamlError as problem:
        raise _bad(path, f"its front matter is not valid YAML: {problem}") from None
    if not isinstance(matter, dict):
        raise _bad(path, "its front matter is not a mapping")
    return matter, rest[1]


def _exercise(path: Path, matter: Mapping[str, Any], body: str) -> Exercise:
    _fits(path, "its front matter", matter, EXERCISE)
    _named_like_its_file(path, matter)
    checks = tuple(_checks(path, matter["checks"]))
    names = [check.id for check in checks]
    if len(set(names)) != len(names):
        raise _bad(path, "two of its checks have the same id")
    broken = tuple(matter["proves_broken"])
    if not broken or set(broken) - set(names):
        raise _bad(path, "`proves_broken` must name some of its checks")
    hints = tuple(matter["hints"])
    if len(hints) != HINTS or not all(hint.strip() for hint in hints):
        raise _bad(path, f"it needs {HINTS} hints: where to look, what to look for, the command")
    return Exercise(
        id=matter["id"],
        title=matter["title"],
        minutes=matter["minutes"],
        difficulty=matter["difficulty"],
        needs=tuple(matter["needs"]),
        faults=tuple(matter["fault"]),
        traffic=_traffic(path, matter["traffic"]),
        checks=checks,
        proves_broken=broken,
        hints=hints,
        solve=tuple(matter["solve"]),
        why=matter["why"],
        path=str(path),
        body=body,
    )


def _runbook(path: Path, matter: Mapping[str, Any], body: str) -> Runbook:
    _fits(path, "its front matter", matter, RUNBOOK)
    _named_like_its_file(path, matter)
    if not SEVERITY.fullmatch(matter["severity"]):
        raise _bad(path, f"its severity is {matter['severity']!r}, they go from SEV-1 to SEV-4")
    return Runbook(matter["id"], matter["title"], matter["alarm"], matter["severity"], str(path), body)


def _traffic(path: Path, matter: Mapping[str, Any]) -> TrafficSpec:
    _fits(path, "its traffic", matter, TRAFFIC)
    if matter["rps"] <= 0 or matter["seconds"] <= 0:
        raise _bad(path, "its traffic needs an `rps` and `seconds` above 0")
    return TrafficSpec(**matter)


def _checks(path: Path, items: Sequence[Any]) -> Iterator[CheckSpec]:
    for item in items:
        kinds = sorted(set(item) - CHECK) if isinstance(item, dict) else []
        if len(kinds) != 1 or not all(isinstance(item.get(key), str) for key in CHECK):
            raise _bad(path, f"a check needs `id`, `on_fail` and one primitive: {item!r}")
        (kind,) = kinds
        name, on_fail, parameters = item["id"], item["on_fail"], item[kind]
        if kind not in primitives():
            known = ", ".join(sorted(primitives()))
            raise _bad(path, f"check {name!r} uses an unknown primitive {kind!r}; there are {known}")
        schema, what = primitives()[kind].schema, f"check {name!r} ({kind})"
        if not isinstance(parameters, dict):
            raise _bad(path, f"{what} needs its parameters as a mapping")
        optional = {key: types for key, types in schema.optional.items() if key in parameters}
        _fits(path, what, parameters, {**schema.required, **optional})
        if unmeasured := _placeholders(path, what, on_fail) - schema.measures:
            raise _bad(path, f"`on_fail` of {what} names {', '.join(sorted(unmeasured))}, which it does not measure")
        yield CheckSpec(name, kind, parameters, on_fail)


def _placeholders(path: Path, what: str, text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as problem:
        raise _bad(path, f"`on_fail` of {what} cannot be filled in: {problem}") from None


def _fits(path: Path, what: str, found: Mapping[str, Any], schema: Mapping[str, Types]) -> None:
    """Exactly these keys, each of its type; lists of texts hold nothing but texts."""
    missing, unknown = sorted(set(schema) - set(found)), sorted(map(str, set(found) - set(schema)))
    if missing or unknown:
        said = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has unknown {', '.join(unknown)}"] * bool(unknown)
        raise _bad(path, f"{what} {' and '.join(said)}")
    for key, types in schema.items():
        value = found[key]
        right = isinstance(value, types) and (bool in types or not isinstance(value, bool))
        if right and types is TEXTS:  # not any list: that of the checks holds mappings
            right = all(isinstance(entry, str) for entry in value)
        if not right:
            raise _bad(path, f"`{key}` of {what} cannot be {reprlib.repr(value)}")


def _named_like_its_file(path: Path, matter: Mapping[str, Any]) -> None:
    if path.stem != matter["id"]:
        raise _bad(path, f"its id is {matter['id']!r}: file and id are named alike")


def _known_needs(exercises: Sequence[Exercise]) -> None:
    seen: set[str] = set()
    for exercise in exercises:
        if unknown := sorted(set(exercise.needs) - seen):
            raise _bad(Path(exercise.path), f"it needs {', '.join(unknown)}, which does not come before it")
        seen.add(exercise.id)


def _bad(path: Path, what: str) -> UserError:
    return UserError(f"{path} cannot be used: {what}.", "Mend the file and try again.")
