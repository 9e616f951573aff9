"""Uploads the files of an assembly, each once: their keys are hashes of their content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from shopfast_obs.cloud.deploy.assembly import Asset

EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time a zip can carry: archives of equal content are equal


def publish(s3: Any, assets: Iterable[Asset], resolve: Callable[[str], str]) -> int:  # noqa: ANN401 - a boto3 client
    """Upload what is not there yet; `resolve` fills account and region into a bucket's name. The number of uploads."""
    uploaded = 0
    known: dict[str, set[str]] = {}
    for asset in assets:
        bucket = resolve(asset.bucket)
        if bucket not in known:
            known[bucket] = _keys(s3, bucket)
        if asset.key not in known[bucket]:
            body = zipped(asset.path) if asset.packaging == "zip" else asset.path.read_bytes()
            s3.put_object(Bucket=bucket, Key=asset.key, Body=body)
            known[bucket].add(asset.key)
            uploaded += 1
    return uploaded


def zipped(folder: Path) -> bytes:
    """The folder as a zip, the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
                info.external_attr = (path.stat().st_mode & 0xFFFF) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, path.read_bytes())
    return buffer.getvalue()


def _keys(s3: Any, bucket: str) -> set[str]:  # noqa: ANN401
    from botocore.exceptions import ClientError

    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {item["Key"] for page in pages for item in page.get("Contents", ())}
    except ClientError as problem:
        if problem.response["Error"]["Code"] not in ("NoSuchBucket", "404"):
            raise
    s3.create_bucket(Bucket=bucket)
    return set()
