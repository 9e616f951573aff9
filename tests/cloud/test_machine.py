"""How busy the machine is, by Linux's own count."""

from pathlib import Path

import pytest

from shopfast_obs.cloud.machine import Gauge


def test_the_share_of_time_since_it_was_made(tmp_path: Path) -> None:
    """What waits for a disk is idle; what another machine took is not; guests are counted once."""
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3\n")
    gauge = Gauge(stat)
    stat.write_text("cpu  130 0 120 720 110 0 0 20 30 0\ncpu0 1 2 3\n")
    seen = gauge.read()
    assert seen and seen.busy == pytest.approx(0.7)


@pytest.mark.parametrize("text", [None, "", "cpu\n", "cpu a b c\n", "cpu  1 2 3 4 5 6 7 8 9 10\n"])
def test_where_nothing_is_counted_nothing_is_said(tmp_path: Path, text: str | None) -> None:
    """Another system, or no time in between."""
    stat = tmp_path / "stat"
    if text is not None:
        stat.write_text(text)
    assert Gauge(stat).read() is None
