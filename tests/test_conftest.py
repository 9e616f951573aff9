"""What the suite's order names is there."""

from pathlib import Path

from tests.conftest import PLACE

ROOT = Path(__file__).parents[1]


def test_files_that_come_first_exist() -> None:
    """One that was renamed would come somewhere, and its tests would end long after all others."""
    assert [name for name in PLACE if not (ROOT / name).is_file()] == []
