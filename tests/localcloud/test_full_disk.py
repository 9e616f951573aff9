"""A cloud whose disk fills and frees itself, as `python -m bench kill9 --full-disk` has a hundred of."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bench._clouds import client, known
from bench._disk import SmallDisk
from bench.kill9 import Tally, one_round, prepare
from shopfast_obs.localcloud import process

pytestmark = pytest.mark.cloud


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk over the test's folder."""
    small = SmallDisk(tmp_path, 128)
    try:
        small.__enter__()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk cannot be mounted here: it needs root")
    yield small
    small.__exit__(None, None, None)


def test_what_is_acknowledged_is_stored_on_a_full_disk(disk: SmallDisk, tmp_path: Path) -> None:
    """Changes are refused in words, reads go on, and it accepts again by itself; a kill loses nothing."""
    info = known(process.start(tmp_path / "state", 0))
    try:
        prepare(info.endpoint_url)
        buckets, topics, lambdas = (client(info.endpoint_url, name) for name in ("s3", "sns", "lambda"))
        buckets.create_bucket(Bucket="full-disk")
        filler = tmp_path / "filler"
        disk.fill(filler)
        with pytest.raises(ClientError, match=r"not stored|cannot store this"):
            buckets.put_object(Bucket="full-disk", Key="key", Body=b"x" * 1000)
        refusal = _refused(lambda: topics.create_topic(Name="full-disk"))
        assert refusal.response["Error"]["Code"] == "InsufficientStorage"
        assert "No space left" in str(refusal)
        assert lambdas.invoke(FunctionName="kill9", Payload=b"{}")["StatusCode"] == 200
        health = process.health(info)
        assert health is not None
        assert "No space left" in health["storage"]["trouble"]
        filler.unlink()
        _eventually_accepted(lambda: topics.create_topic(Name="full-disk"))
        assert one_round(info, "after", tally := Tally(), disk)
        assert not +tally.lost
    finally:
        process.stop(info.state)


def _refused(write: Any) -> ClientError:
    """The first refusal: it comes with the next snapshot."""
    for _ in range(100):
        try:
            write()
        except ClientError as refusal:
            return refusal
        time.sleep(0.1)
    raise AssertionError("never refused")


def _eventually_accepted(write: Any) -> None:
    for _ in range(100):
        try:
            write()
        except ClientError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("never accepted again")
