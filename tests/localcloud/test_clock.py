"""The cloud's clock."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from shopfast_obs.localcloud.clock import CloudClock


def test_it_moves_forward_and_remembers(tmp_path: Path) -> None:
    """A restart does not set it back."""
    path = tmp_path / "clock.json"
    clock = CloudClock(path)
    before = clock.now()
    assert clock.advance(3600) >= before + 3600
    clock.advance(0.5)
    assert CloudClock(path).offset == 3600.5


@pytest.mark.parametrize("seconds", [-0.001, math.inf, -math.inf, math.nan])
def test_it_never_moves_back(seconds: float) -> None:
    """Nor to a time that is none."""
    clock = CloudClock()
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(seconds)
    assert clock.offset == 0


@pytest.mark.parametrize("content", ["", "x", "[]", "{}", '{"offset": "y"}', '{"offset": -5}', '{"offset": null}'])
def test_a_damaged_file_is_no_offset(tmp_path: Path, content: str) -> None:
    """The cloud starts all the same."""
    path = tmp_path / "clock.json"
    path.write_text(content)
    assert CloudClock(path).offset == 0


def test_whoever_waits_for_it_is_told_of_a_move() -> None:
    """Once for each."""
    seen: list[float] = []
    clock = CloudClock()
    clock.on_move = lambda: seen.append(clock.offset)
    clock.advance(60)
    clock.advance(30)
    assert seen == [60, 90]
