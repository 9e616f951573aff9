"""The largest instrumentation that an application's tests bear, found by bisection over codemods and files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopfast_obs.instrument.application_tests.interface import Left, Proof, Report, Suite
from shopfast_obs.instrument.plan import Instrumentation
from shopfast_obs.instrument.selection import Excluded
from shopfast_obs.model.counts import plural

Planner = Callable[[Excluded], Instrumentation]
Say = Callable[[str], None]
ROUNDS = 3  # of search and whole run, when the whole run shows what the search did not
# From what a test notices least to what it notices most.
ORDER = ("runtime", "logger", "tracer", "metrics", "business", "logging", "swallowed", "prints", "clients")


class _EndedError(Exception):
    """A run did not come to its end."""


def prove(plan: Planner, suite: Suite, say: Say) -> Proof:
    """What the suite bears of the plan. Without changes, or without a result to hold them to, nothing is run again."""
    planned = plan({})
    if planned.plan.empty:
        return Proof("same", planned, noun=suite.noun)
    say(f"{suite.noun}s: before the change")
    report = suite.run(())
    if report.ended:
        return Proof("unproven", planned, noun=suite.noun, reason=report.ended)
    before = report.counted()
    by_chance: tuple[str, ...] = ()
    if before and suite.cheap and not (again := suite.run(())).ended:
        by_chance = tuple(_differing(before, again))
        before = {name: value for name, value in before.items() if name not in by_chance}
    if not before:
        reason = f"of {plural(len(report.results), suite.noun)} none passes before the change"
        if not report.results:
            reason = f"no {suite.noun} ran{_last_line(report.output)}"
        return Proof("unproven", planned, noun=suite.noun, by_chance=by_chance, reason=reason)
    return _Search(plan, suite, say, before).proof(planned, by_chance)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return f": {lines[-1][:200]}" if lines else ""


def _differing(before: Mapping[str, str], report: Report) -> Iterator[str]:
    if report.ended:
        raise _EndedError(report.ended)
    yield from (name for name, value in before.items() if report.results.get(name) != value)


@dataclass
class _Search:
    plan: Planner
    suite: Suite
    say: Say
    before: Mapping[str, str]
    spared: dict[Path, frozenset[str]] = field(default_factory=dict)
    broken: dict[tuple[str, Path], tuple[str, ...]] = field(default_factory=dict)

    def proof(self, whole: Instrumentation, by_chance: tuple[str, ...]) -> Proof:
        """What stays the same with the whole change, or with what remains of it."""
        noun, count, planned = self.suite.noun, len(self.before), whole
        accused: frozenset[str] = frozenset()
        try:
            self.say(f"{noun}s: after the change")
            accused = self._accused(planned)
            for _ in range(ROUNDS):
                if not accused:
                    left = tuple(self._left(whole.root))
                    return Proof("partly" if left else "same", planned, count, noun, left, by_chance)
                self.say(f"{plural(len(accused), noun)} with another result; looking for what breaks them")
                planned = self._bisected(whole, accused)
                self.say(f"{noun}s: all of them with what is left of the change")
                again = self._accused(planned)
                accused = accused | again if again else again
        except _EndedError as problem:
            seen = f"; {plural(len(accused), noun)} with another result, such as {min(accused)}" if accused else ""
            reason = f"{problem}{seen}"
            return Proof("unproven", whole, count, noun, (), by_chance, len(accused), reason)
        reason = f"{plural(len(accused), noun)} with another result still, such as {min(accused)}"
        return Proof("unproven", whole, count, noun, (), by_chance, len(accused), reason)

    def _accused(self, planned: Instrumentation) -> frozenset[str]:
        """The names whose results differ, twice; what differs once differs by chance."""
        differing = self._differ(planned, ())
        return self._differ(planned, differing) if differing else differing

    def _differ(self, planned: Instrumentation, only: Collection[str]) -> frozenset[str]:
        before = {name: self.before[name] for name in only} if only else self.before
        return frozenset(_differing(before, self.suite.run(planned.plan.changes, only)))

    def _bisected(self, whole: Instrumentation, accused: frozenset[str]) -> Instrumentation:
        """The change without what breaks the accused: codemods come in one by one, and by halves of their files."""
        if frozenset(_differing({n: self.before[n] for n in accused}, self.suite.run((), accused))):
            accused = frozenset()  # alone they fail before the change too: only the whole can tell
        units = _units(whole)
        out = {path: set(units) for paths in units.values() for path in paths}
        self.broken.clear()
        for codemod, files in units.items():
            self._admit(codemod, files, out, accused)
        self.spared = {path: frozenset(ids) for path, ids in out.items() if ids}
        return self.plan(self.spared)

    def _admit(self, codemod: str, files: Sequence[Path], out: dict[Path, set[str]], accused: frozenset[str]) -> None:
        for path in files:
            out[path].discard(codemod)
        planned = self.plan({path: frozenset(ids) for path, ids in out.items()})
        differing = self._differ(planned, accused)
        if not differing:
            return
        for path in files:
            out[path].add(codemod)
        if len(files) == 1:
            self.broken[codemod, files[0]] = tuple(sorted(differing))
            return
        middle = len(files) // 2
        self._admit(codemod, files[:middle], out, accused)
        self._admit(codemod, files[middle:], out, accused)

    def _left(self, root: Path) -> Iterator[Left]:
        for codemod in dict.fromkeys(codemod for codemod, _ in self.broken):
            found = {path: names for (each, path), names in self.broken.items() if each == codemod}
            tests = tuple(dict.fromkeys(name for names in found.values() for name in names))
            paths = (path.relative_to(root) if path.is_relative_to(root) else path for path in found)
            yield Left(codemod, tuple(map(str, paths)), tests)


def _units(whole: Instrumentation) -> dict[str, list[Path]]:
    """The files that each codemod changes, the codemods in the order of what a test notices. Shared objects follow from
    the files that import them, and everything but sources is beyond tests."""
    found: dict[str, list[Path]] = {}
    for file in whole.files:
        if file.status == "changed" and file.before is not None and file.path.suffix == ".py":
            for codemod in file.codemods:
                found.setdefault(codemod, []).append(file.path)
    rank = {codemod: number for number, codemod in enumerate(ORDER)}
    return dict(sorted(found.items(), key=lambda item: rank.get(item[0], len(rank))))
