"""Assets are uploaded once, as archives that are equal when their content is."""

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from shopfast_obs.cloud.deploy import assets
from shopfast_obs.cloud.deploy.assembly import Asset
from tests.aws_clients import client


@pytest.fixture
def s3() -> Iterator[Any]:
    """An S3 that lives in memory."""
    with mock_aws():
        yield client("s3", "us-east-1")


def folder(tmp_path: Path) -> Path:
    """A function's folder."""
    source = tmp_path / "function"
    (source / "inner").mkdir(parents=True)
    (source / "handler.py").write_text("x = 1")
    (source / "inner" / "run.sh").write_text("true")
    (source / "inner" / "run.sh").chmod(0o755)
    return source


def test_equal_content_makes_equal_archives(tmp_path: Path) -> None:
    """Times of files do not matter; modes are kept."""
    source = folder(tmp_path)
    first = assets.zipped(source)
    os.utime(source / "handler.py", (1, 1))
    assert assets.zipped(source) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == ["handler.py", "inner/run.sh"]
        assert archive.getinfo("inner/run.sh").external_attr >> 16 & 0o111


def test_what_is_there_is_not_uploaded_again(s3: Any, tmp_path: Path) -> None:
    """Keys are hashes of content, so that a key that exists is right."""
    asset = Asset(folder(tmp_path), "zip", "assets-${AWS::AccountId}", "abc.zip")
    resolve = lambda name: name.replace("${AWS::AccountId}", "1")  # noqa: E731
    assert assets.publish(s3, [asset], resolve) == 1
    assert assets.publish(s3, [asset], resolve) == 0
    assert s3.get_object(Bucket="assets-1", Key="abc.zip")["Body"].read() == assets.zipped(asset.path)
