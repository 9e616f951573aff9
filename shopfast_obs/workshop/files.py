"""Reads the files of `runbooks/`: front matter with a strict schema, then the sections that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shopfast_obs.errors import UserError
from shopfast_obs.workshop import bodies, front_matter, steps
from shopfast_obs.workshop.checks import primitives
from shopfast_obs.workshop.exercise import CheckSpec, Exercise, Runbook, TrafficSpec
from shopfast_obs.workshop.front_matter import FrontMatter
from shopfast_obs.workshop.interface import NUMBER, TEXT, TEXTS, Types

EXERCISE: Mapping[str, Types] = {
    "id": TEXT, "title": TEXT, "kind": TEXT, "version": (int,), "minutes": NUMBER, "difficulty": (int,), "needs": TEXTS,
    "fault": TEXTS, "traffic": (dict,), "plant": (list,), "proves_broken": TEXTS, "checks": (dict,), "guards": (dict,),
    "hints": (dict,), "solve": (list,), "why": TEXT,
}  # fmt: skip
OPTIONAL: Mapping[str, Types] = {"stretch": (bool,)}
RUNBOOK: Mapping[str, Types] = {
    "id": TEXT, "title": TEXT, "kind": TEXT, "version": (int,), "alarm": TEXT, "severity": TEXT,
}  # fmt: skip
TRAFFIC: Mapping[str, Types] = {"scenario": TEXT, "rps": NUMBER, "seconds": NUMBER}
ON_FAIL = "on_fail"
HINTS = 3  # of a state: where to look, what to look for, the command
SEVERITY = re.compile(r"SEV-[1-4]")
MATTER = "its front matter"


def read(folder: Path) -> tuple[tuple[Exercise, ...], tuple[Runbook, ...]]:
    """The exercises in their order and the runbooks by id; raises UserError for a file that is not well formed, with
    the line and what is wrong with it."""
    if not folder.is_dir():
        raise UserError(
            f"There are no runbooks at {folder}.",
            "Run the command inside the project, or set `runbooks` in [tool.shopfast-obs] of pyproject.toml.",
        )
    exercises, runbooks = [], []
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        matter = front_matter.read(path)
        kind = matter.values.get("kind")
        if kind == "exercise":
            exercises.append((matter, _exercise(matter)))
        elif kind == "runbook":
            runbooks.append(_runbook(matter))
        else:
            raise matter.bad(f"its kind is {kind!r}, the kinds are exercise and runbook", "kind")
    _known_needs(exercises)
    return tuple(exercise for _, exercise in exercises), tuple(runbooks)


def _exercise(matter: FrontMatter) -> Exercise:
    values = matter.values
    optional = {key: types for key, types in OPTIONAL.items() if key in values}
    matter.fits(MATTER, values, {**EXERCISE, **optional})
    _named_like_its_file(matter)
    checks, guards = tuple(_checks(matter, "checks")), tuple(_checks(matter, "guards"))
    names = [check.id for check in checks]
    if both := sorted(set(names) & {guard.id for guard in guards}):
        raise matter.bad(f"{both[0]!r} is a check and a guard", "guards", both[0])
    broken = tuple(values["proves_broken"])
    if not broken or set(broken) - set(names):
        raise matter.bad("`proves_broken` must name some of its checks", "proves_broken")
    return Exercise(
        id=values["id"],
        title=values["title"],
        minutes=values["minutes"],
        difficulty=values["difficulty"],
        needs=tuple(values["needs"]),
        faults=tuple(values["fault"]),
        traffic=_traffic(matter),
        checks=checks,
        guards=guards,
        proves_broken=broken,
        hints=_hints(matter, names),
        plant=steps.read(matter, "plant"),
        solve=steps.read(matter, "solve"),
        why=values["why"],
        path=str(matter.path),
        sections=bodies.read(matter),
        stretch=bool(values.get("stretch", False)),
    )


def _runbook(matter: FrontMatter) -> Runbook:
    values = matter.values
    matter.fits(MATTER, values, RUNBOOK)
    _named_like_its_file(matter)
    if not SEVERITY.fullmatch(values["severity"]):
        raise matter.bad(f"its severity is {values['severity']!r}, they go from SEV-1 to SEV-4", "severity")
    sections = bodies.read(matter)
    return Runbook(values["id"], values["title"], values["alarm"], values["severity"], str(matter.path), sections)


def _traffic(matter: FrontMatter) -> TrafficSpec:
    found = matter.values["traffic"]
    matter.fits("its traffic", found, TRAFFIC, "traffic")
    if found["rps"] <= 0 or found["seconds"] <= 0:
        raise matter.bad("its traffic needs an `rps` and `seconds` above 0", "traffic")
    return TrafficSpec(**found)


def _hints(matter: FrontMatter, checks: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The hints of each state, which is the first check that does not pass."""
    found = matter.values["hints"]
    if set(found) != set(checks):
        wrong = sorted(set(found) ^ set(checks))[0]
        raise matter.bad(f"its hints must belong to its checks, {wrong!r} is only one of both", "hints", wrong)
    for check, texts in found.items():
        given = isinstance(texts, list) and all(isinstance(text, str) and text.strip() for text in texts)
        if not given or len(texts) != HINTS:
            said = f"the state {check!r} needs {HINTS} hints: where to look, what to look for, the command"
            raise matter.bad(said, "hints", check)
    return {check: tuple(found[check]) for check in checks}


def _checks(matter: FrontMatter, part: str) -> Iterator[CheckSpec]:
    for name, item in matter.values[part].items():
        key = (part, name)
        kinds = sorted(set(item) - {ON_FAIL}) if isinstance(item, dict) else []
        if len(kinds) != 1 or not isinstance(item.get(ON_FAIL), str):
            raise matter.bad(f"check {name!r} needs `{ON_FAIL}` and one primitive", *key)
        (kind,) = kinds
        on_fail, parameters = item[ON_FAIL], item[kind]
        if kind not in primitives():
            known = ", ".join(sorted(primitives()))
            raise matter.bad(f"check {name!r} uses an unknown primitive {kind!r}; there are {known}", *key, kind)
        schema, what = primitives()[kind].schema, f"check {name!r} ({kind})"
        if not isinstance(parameters, dict):
            raise matter.bad(f"{what} needs its parameters as a mapping", *key, kind)
        optional = {key: types for key, types in schema.optional.items() if key in parameters}
        matter.fits(what, parameters, {**schema.required, **optional}, *key, kind)
        said = f"`{ON_FAIL}` of {what}"
        if unmeasured := matter.placeholders(said, on_fail, *key, ON_FAIL) - schema.measures:
            raise matter.bad(f"{said} names {', '.join(sorted(unmeasured))}, which it does not measure", *key, ON_FAIL)
        yield CheckSpec(name, kind, parameters, on_fail)


def _named_like_its_file(matter: FrontMatter) -> None:
    if matter.path.stem != matter.values["id"]:
        raise matter.bad(f"its id is {matter.values['id']!r}: file and id are named alike", "id")


def _known_needs(exercises: Sequence[tuple[FrontMatter, Exercise]]) -> None:
    seen: set[str] = set()
    for matter, exercise in exercises:
        if unknown := sorted(set(exercise.needs) - seen):
            raise matter.bad(f"it needs {', '.join(unknown)}, which does not come before it", "needs")
        seen.add(exercise.id)
