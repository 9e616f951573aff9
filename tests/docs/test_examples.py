"""The examples of rules: found in the bad one, clear in the good one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docs.generators.rule_examples import EXAMPLES
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.model.findings import Clear, Finding, Outcome
from tests.docs.examples import outcomes

RULES = {rule.id: rule for rule in catalogue()}


def test_each_rule_finds_its_bad_example_and_clears_its_good_one(tmp_path: Path) -> None:
    """In the words of the page. What is found in the bad one is in the good one, too, and judged to be in order: it is
    neither gone, nor passed over for want of data."""
    said, wrong = {}, {}
    for id_, sides in EXAMPLES.items():
        bad, good = (outcomes(RULES[id_], sides[kind], tmp_path / f"{id_}-{kind}") for kind in ("bad", "good"))
        found = {one.resource: one.title for one in bad if isinstance(one, Finding)}
        clear = {one.resource: one.reason for one in good if isinstance(one, Clear)}
        said[id_] = "; ".join(found.values()), "; ".join(clear.get(name, "gone") for name in found)
        if not found or not found.keys() <= clear.keys() or any(isinstance(one, Finding) for one in good):
            wrong[id_] = _told(bad), _told(good)
    assert wrong == {}
    assert said == {id_: (sides["bad"]["says"], sides["good"]["says"]) for id_, sides in EXAMPLES.items()}


def _told(outcomes: Iterable[Outcome]) -> list[str]:
    """Each in a line, for who writes an example."""
    return [
        f"found: {one.title}" if isinstance(one, Finding) else f"{type(one).__name__} {one.resource}: {one.reason}"
        for one in outcomes
    ]


def test_each_rule_has_an_example_with_two_sides() -> None:
    """A rule that is renamed takes its example along, and one that is added brings one."""
    assert set(EXAMPLES) == set(RULES)
    assert [id_ for id_, sides in EXAMPLES.items() if list(sides) != ["bad", "good"]] == []
