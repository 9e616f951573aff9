"""Runs every rule over every resource that it applies to."""

from __future__ import annotations

import fnmatch
import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType, ModuleType

from shopfast_obs.diagnose import rules as rules_package
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Rule
from shopfast_obs.errors import UserError
from shopfast_obs.model.findings import Diagnosis, Finding, NotEnoughData, Outcome
from shopfast_obs.model.resources import Gap, Inventory, Location, Resource
from shopfast_obs.model.sources import Source
from shopfast_obs.model.telemetry import Observations, TimeRange


@cache
def catalogue() -> tuple[Rule, ...]:
    """All rules, found by their folder (`rules/<area>/<rule>.py`, one RULE each), in the order of their ids."""
    return checked(module.RULE for module in _modules(rules_package) if hasattr(module, "RULE"))


def _modules(package: ModuleType) -> list[ModuleType]:
    files = (file for folder in package.__path__ for file in sorted(Path(folder).glob("*/[!_]*.py")))
    return [importlib.import_module(f"{package.__name__}.{file.parent.name}.{file.stem}") for file in files]


def checked(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules in the order of their ids; raises ValueError when two share one."""
    ordered = sorted(rules, key=lambda rule: rule.id)
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise ValueError(f"two rules have the id {one.id!r}: {one.title!r} and {other.title!r}")
    return tuple(ordered)


def select(rules: Sequence[Rule], only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[Rule, ...]:
    """The rules that are wanted, by id or pattern (`lambda-*`); raises UserError for one that no rule has."""
    known = [rule.id for rule in rules]
    for wanted in (*only, *skip):
        if not fnmatch.filter(known, wanted):
            import difflib

            near = difflib.get_close_matches(wanted, known, 1)
            hint = f"Did you mean {near[0]}?" if near else "List them: shopfast-obs explain"
            raise UserError(f"There is no rule {wanted!r}.", hint)
    chosen = {name for pattern in only for name in fnmatch.filter(known, pattern)} if only else set(known)
    chosen -= {name for pattern in skip for name in fnmatch.filter(known, pattern)}
    return tuple(rule for rule in rules if rule.id in chosen)


def diagnose(
    inventory: Inventory,
    observations: Observations | None = None,
    rules: Sequence[Rule] | None = None,
    sources: Mapping[str, Source] = MappingProxyType({}),
) -> Diagnosis:
    """The outcomes of the rules (all by default); `sources` are by the function's name. A rule that fails on a resource
    counts as not enough data there, with its reason, and the others go on."""
    context = Context(inventory, observations, {name: source for name, source in sources.items() if not source.unread})
    chosen = catalogue() if rules is None else rules
    outcomes = [
        _outcome(rule, resource, context)
        for rule in chosen
        for resource in inventory.of_type(*rule.types)
        if rule.applies(resource)
    ]
    outcomes += _unread(chosen, inventory)
    problems = {problem: name for name, source in sources.items() for problem in source.problems}
    unread = (Gap(f"sources of {name}", problem) for problem, name in problems.items())
    gaps = (*inventory.gaps, *(observations.gaps if observations else ()), *unread)
    return Diagnosis(inventory.source, context.window, tuple(outcomes), gaps, len(inventory.resources))


def _outcome(rule: Rule, resource: Resource, context: Context) -> Outcome:
    try:
        outcome = rule.check(resource, context)
        return replace(outcome, location=_place(outcome, resource)) if isinstance(outcome, Finding) else outcome
    except Exception as problem:  # one rule's defect must not hide what the others find
        return rule.undecided(resource, f"the rule failed: {type(problem).__name__}: {problem}")


def together(diagnoses: Sequence[tuple[str, Diagnosis]]) -> Diagnosis:
    """The diagnoses of several regions as one, each finding with its region; one of a single place stays as it is."""
    if len(diagnoses) == 1:
        return diagnoses[0][1]
    windows = [diagnosis.window for _, diagnosis in diagnoses if diagnosis.window]
    return Diagnosis(
        ", ".join(diagnosis.source for _, diagnosis in diagnoses),
        TimeRange(min(w.start for w in windows), max(w.end for w in windows)) if windows else None,
        tuple(_in_region(outcome, region) for region, diagnosis in diagnoses for outcome in diagnosis.outcomes),
        tuple(
            replace(gap, what=f"{gap.what} in {region}") for region, diagnosis in diagnoses for gap in diagnosis.gaps
        ),
        sum(diagnosis.resources for _, diagnosis in diagnoses),
    )


def _in_region(outcome: Outcome, region: str) -> Outcome:
    return replace(outcome, region=region) if isinstance(outcome, Finding) else outcome


def _place(found: Finding, resource: Resource) -> Location | None:
    """Where the template says what the finding is about: the property that its evidence names, or the resource."""
    named = (item.locator.split(", ") for item in found.evidence if item.source == "configuration")
    return resource.location(*(name for names in named for name in names))


def _unread(rules: Iterable[Rule], inventory: Inventory) -> Iterator[NotEnoughData]:
    """What rules would have looked at, had the cloud told of it."""
    for rule in rules:
        for gap in inventory.gaps:
            if not set(rule.types).isdisjoint(gap.types):
                yield NotEnoughData(rule.id, f"all {gap.what}", f"{gap.what} could not be read: {gap.reason}")
