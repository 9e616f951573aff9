"""The examples of rules: found in the bad one, clear in the good one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docs.generators.rule_examples import EXAMPLES
from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.model.findings import Clear, Finding, Outcome
from tests.docs.examples import outcomes
from tests.docs.json_log_format import in_json

RULES = {rule.id: rule for rule in catalogue()}
OF_THE_FORMAT = {"lambda-logs-unstructured", "logs-volume"}


def test_each_rule_finds_its_bad_example_and_clears_its_good_one(tmp_path: Path) -> None:
    """In the words of the page. What is found in the bad one is in the good one, too, and judged to be in order: it is
    neither gone, nor passed over for want of data."""
    said, wrong = {}, {}
    for id_, sides in EXAMPLES.items():
        bad, good = (outcomes(RULES[id_], sides[kind], tmp_path / f"{id_}-{kind}") for kind in ("bad", "good"))
        said[id_] = _said(bad, good)
        if not said[id_][0] or "gone" in said[id_][1] or any(isinstance(one, Finding) for one in good):
            wrong[id_] = _told(bad), _told(good)
    assert wrong == {}
    assert said == {id_: (sides["bad"]["says"], sides["good"]["says"]) for id_, sides in EXAMPLES.items()}


def test_the_same_is_said_where_logs_are_json(tmp_path: Path) -> None:
    """Lambda's other log format, which has no line for a timeout and another one for an exception."""
    said = {}
    for id_, sides in EXAMPLES.items():
        if "logs" in sides["bad"] and id_ not in OF_THE_FORMAT:
            said[id_] = _said(
                *(outcomes(RULES[id_], sides[kind], tmp_path / f"{id_}-{kind}", in_json) for kind in ("bad", "good"))
            )
    assert len(said) > 25
    assert said == {id_: (EXAMPLES[id_]["bad"]["says"], EXAMPLES[id_]["good"]["says"]) for id_ in said}


def _said(bad: Iterable[Outcome], good: Iterable[Outcome]) -> tuple[str, str]:
    """What is found in the bad one, and why the same is clear in the good one: `gone` where it is not judged."""
    found = {one.resource: one.title for one in bad if isinstance(one, Finding)}
    clear = {one.resource: one.reason for one in good if isinstance(one, Clear)}
    return "; ".join(found.values()), "; ".join(clear.get(name, "gone") for name in found)


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
