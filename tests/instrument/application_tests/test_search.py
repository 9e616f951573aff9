"""The search finds the largest change that the tests bear."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import pytest

from shopfast_obs.instrument.application_tests.interface import Proof, Report
from shopfast_obs.instrument.application_tests.search import prove
from shopfast_obs.instrument.application_tests.sentences import document, sentences
from shopfast_obs.instrument.plan import Instrumentation, for_paths
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.selection import Excluded, sparing
from shopfast_obs.model.changes import FileChange

SOURCE = "def handler(event, context):\n    print('x')\n    return 1\n"
Tests = Mapping[str, Callable[[Mapping[str, str]], bool]]


class FakeSuite:
    """Tests that look at the sources; `runs` counts them, and the run of that number and later ones do not end."""

    noun = "test"
    cheap = True

    def __init__(self, root: Path, tests: Tests, ends_before: int = 1000) -> None:
        self.root, self.tests, self.ends_before = root, tests, ends_before
        self.runs: list[int] = []

    def run(self, changes: Sequence[FileChange], only: Collection[str] = ()) -> Report:
        """What the tests say about the changed sources."""
        texts = {path.name: path.read_text() for path in self.root.glob("*.py")}
        texts |= {change.path: (change.after or b"").decode() for change in changes}
        names = [name for name in self.tests if not only or name in only]
        self.runs.append(len(names))
        if len(self.runs) >= self.ends_before:
            return Report({}, "the tests took longer than 1 s")
        return Report({name: "passed" if self.tests[name](texts) else "failed" for name in names})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four handlers."""
    for name in "abcd":
        (tmp_path / f"{name}.py").write_text(SOURCE)
    return tmp_path


def proven(root: Path, suite: FakeSuite) -> Proof:
    """The proof with all codemods."""

    def plan(excluded: Excluded) -> Instrumentation:
        return for_paths([root], root, sparing(selected(), excluded))

    return prove(plan, suite, lambda _: None)


def texts(proof: Proof) -> dict[str, str]:
    """The sources as they would be."""
    return {change.path: (change.after or b"").decode() for change in proof.planned.plan.changes}


def test_what_no_test_notices_is_applied_whole(root: Path) -> None:
    """Red tests and those that pass by chance are not counted."""
    chance = iter([True, False])
    suite = FakeSuite(root, {"good": lambda _: True, "red": lambda _: False, "chance": lambda _: next(chance, True)})
    proof = proven(root, suite)
    assert (proof.outcome, proof.count, proof.by_chance) == ("same", 1, ("chance",))
    assert next(iter(sentences(proof, {}))) == "1 test, same result."
    assert all("observed" in text and "print" not in text for text in texts(proof).values())


def test_only_the_codemod_and_the_file_that_break_a_test_are_left_out(root: Path) -> None:
    """The other files keep all codemods, and the sentence says why."""
    suite = FakeSuite(root, {"reads stdout": lambda t: "print('x')" in t["c.py"], "good": lambda _: True})
    proof = proven(root, suite)
    assert (proof.outcome, proof.count) == ("partly", 2)
    assert [(left.codemod, left.files, left.tests) for left in proof.left] == [("prints", ("c.py",), ("reads stdout",))]
    after = texts(proof)
    assert "print('x')" in after["c.py"]
    assert "observed" in after["c.py"]
    assert all("print('x')" not in after[f"{name}.py"] for name in "abd")
    (sentence,) = sentences(proof, {"prints": "stdout"})
    assert sentence == "2 tests, same result; prints stays out of c.py because reads stdout notices it (stdout)."


def test_several_culprits_are_found_together(root: Path) -> None:
    """Two tests, two codemods, three files."""
    suite = FakeSuite(
        root,
        {
            "stdout": lambda t: "print('x')" in t["a.py"] and "print('x')" in t["d.py"],
            "plain": lambda t: "observed" not in t["b.py"],
        },
    )
    proof = proven(root, suite)
    assert {(left.codemod, left.files) for left in proof.left} == {("prints", ("a.py", "d.py")), ("runtime", ("b.py",))}
    assert document(proof)["outcome"] == "partly"


def test_a_test_that_fails_once_after_the_change_is_not_held_against_it(root: Path) -> None:
    """It is run again before it is believed."""
    said = iter([True, True, False])
    proof = proven(root, FakeSuite(root, {"now and then": lambda _: next(said, True)}))
    assert proof.outcome == "same"


def test_without_a_passing_test_nothing_is_proven(root: Path) -> None:
    """The reason says that they were red before."""
    proof = proven(root, FakeSuite(root, {"red": lambda _: False}))
    assert (proof.outcome, proof.differing) == ("unproven", 0)
    assert "of 1 test none passes before" in proof.reason


@pytest.mark.parametrize(("ends", "differing"), [(1, 0), (3, 0), (6, 1)])
def test_time_that_is_up_proves_nothing(root: Path, ends: int, differing: int) -> None:
    """Before, at the first look, and in the search, where it is known that a test differs."""
    proof = proven(root, FakeSuite(root, {"stdout": lambda t: "print('x')" in t["a.py"]}, ends))
    assert (proof.outcome, proof.differing) == ("unproven", differing)
    assert "longer than 1 s" in proof.reason


def test_the_search_runs_only_what_differs(root: Path) -> None:
    """The whole comes again at the end."""
    tests: dict[str, Callable[[Mapping[str, str]], bool]] = {f"good {n}": lambda _: True for n in range(9)}
    suite = FakeSuite(root, {**tests, "stdout": lambda t: "print('x')" in t["a.py"]})
    proven(root, suite)
    assert suite.runs[:3] == [10, 10, 10]
    assert suite.runs[-1] == 10
    assert set(suite.runs[3:-1]) == {1}
