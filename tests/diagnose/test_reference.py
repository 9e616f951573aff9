"""The rule reference."""

from __future__ import annotations

from pathlib import Path

from shopfast_obs.diagnose.engine import catalogue
from shopfast_obs.diagnose.reference import found_when, reference

ROOT = Path(__file__).parents[2]


def test_the_reference_is_what_the_rules_say() -> None:
    """Drift in either direction fails; the page says how to write it again."""
    assert (ROOT / "docs" / "reference/rules.md").read_text(encoding="utf-8") == reference(catalogue())


def test_every_rule_has_a_page_with_the_same_headings() -> None:
    """Nothing is left unsaid."""
    for rule in catalogue():
        page = reference([rule])
        for heading in ("Found when.", "Why it matters.", "Remedy.", "Known limits.", "Example."):
            assert f"**{heading}** " in page
        assert all((rule.title, rule.why, rule.remedy, rule.limits, found_when(rule)))
