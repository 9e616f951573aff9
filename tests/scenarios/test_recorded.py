"""What was recorded of broken applications is diagnosed: each fault is found, and what is healthy is left alone."""

from pathlib import Path

import pytest

from tests.scenarios import matrix
from tests.scenarios.faults import FAULTS

RECORDINGS = sorted(matrix.RECORDED.glob("*/*.json.gz"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"{path.parent.name}-{matrix.name(path)}")
def test_what_was_broken_is_found_by_its_cause(path: Path) -> None:
    """Each of the faults, by one of its rules, with evidence that names the cause."""
    findings = matrix.findings(path)
    for fault in matrix.faults(path):
        assert matrix.hits(fault, findings), f"{fault.id}: {sorted({f.rule for f in findings})}"


@pytest.mark.parametrize("path", [p for p in RECORDINGS if not matrix.faults(p)], ids=lambda path: path.parent.name)
def test_what_is_healthy_has_no_finding_above_info(path: Path) -> None:
    """Instrumented, watched and fixed."""
    assert [finding.title for finding in matrix.alarming(matrix.findings(path))] == []


def test_most_of_the_catalogue_is_recorded_of_both_applications() -> None:
    """At least 25 of its 37 faults, and combinations of three."""
    for application in ("shopfast", "parcels"):
        names = {matrix.name(path) for path in RECORDINGS if path.parent.name == application}
        assert len(names & set(FAULTS)) >= 25
        assert any(name.count("+") == 2 for name in names)
        assert "healthy" in names


def test_the_published_matrix_is_that_of_the_recordings() -> None:
    """`python -m tests.scenarios.matrix` writes it again."""
    assert matrix.PAGE.read_text(encoding="utf-8") == matrix.page(RECORDINGS)
