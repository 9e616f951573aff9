"""Kills under traffic, as `python -m bench kill9` makes a hundred of them."""

from pathlib import Path

import pytest

from bench._clouds import known
from bench.kill9 import Tally, one_round, prepare
from shopfast_obs.localcloud import process

pytestmark = pytest.mark.cloud


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Telemetry and alarm states are all there; what was deployed is back as it was at most a second before."""
    tally = Tally()
    info = known(process.start(tmp_path / "state", 0))
    try:
        prepare(info.endpoint_url)
        for name in ("first", "second"):
            info = one_round(info, name, tally)
    finally:
        process.stop(info.state)
    assert not +tally.lost
    assert len(+tally.acknowledged) == 8
