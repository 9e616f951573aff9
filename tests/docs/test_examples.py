"""The examples of rules: found in the bad one, clear in the good one."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from docs.generators.rule_examples import EXAMPLES
from shopfast_obs.cli import main
from shopfast_obs.diagnose.engine import catalogue


def test_each_rule_finds_its_bad_example_and_not_its_good_one(tmp_path: Path) -> None:
    """By `diagnose` itself; the good one is judged, and not passed over for want of data."""
    wrong = []
    for rule, pair in EXAMPLES.items():
        for kind, text in pair.items():
            template = tmp_path / f"{rule}.{kind}.yaml"
            template.write_text(text, encoding="utf-8")
            ran = CliRunner().invoke(
                main, ["diagnose", str(template), "--only", rule, "--level", "info", "--format", "json"]
            )
            found = json.loads(ran.stdout)["findings"]
            if bool(found) != (kind == "bad"):
                wrong.append((rule, kind, [one["title"] for one in found]))
    assert wrong == []


def test_examples_are_of_rules_that_there_are() -> None:
    """A rule that is renamed takes its example along; a third of the catalogue has one."""
    known = {rule.id for rule in catalogue()}
    assert set(EXAMPLES) <= known
    assert len(EXAMPLES) >= len(known) / 3
    assert all(set(pair) == {"bad", "good"} for pair in EXAMPLES.values())
