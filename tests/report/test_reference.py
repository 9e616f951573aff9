"""The user's page of the report commands."""

import re
from pathlib import Path
from typing import get_args

from click.testing import CliRunner

from shopfast_obs.analysis.comparison.thresholds import threshold
from shopfast_obs.analysis.traces.overview.call_patterns import Kind
from shopfast_obs.cli import compare
from shopfast_obs.report.reference import FOUND_WHEN, HEAD, MEASURES, reference
from shopfast_obs.report.trace_tables import PATTERNS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guides/reports.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_code_says() -> None:
    """Drift in either direction fails; the page says how to write it again."""
    assert PAGE.endswith(reference())
    assert PAGE.count(HEAD) == 1


def test_every_pattern_and_every_measure_is_explained() -> None:
    """No kind without a sentence."""
    assert set(get_args(Kind)) == set(PATTERNS) == set(FOUND_WHEN)
    for name in (name for names in MEASURES for name in names.split(", ")):
        assert threshold(f"{name}:+1{'' if name == 'calls' else '%'}").measure == name


def test_every_threshold_of_the_page_and_of_the_help_can_be_read() -> None:
    """What is shown works."""
    help_text = " ".join(CliRunner().invoke(compare.command, ["--help"]).stdout.split())
    shown = re.findall(r"--fail-on (\S+?)[`\s]", PAGE) + re.findall(
        r"[a-z0-9-]+(?:\{[^}]*\})?(?::\+|<)\d+\w*%?", PAGE + help_text
    )
    assert len(shown) > 10
    assert [threshold(text).text for text in shown] == shown


def test_the_readme_leads_to_the_page() -> None:
    """And the page names every command."""
    assert "docs/guides/reports.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("report traces", "report errors", "trace ID", "compare BEFORE AFTER", "logs VALUE"):
        assert f"| `{command}` |" in PAGE
