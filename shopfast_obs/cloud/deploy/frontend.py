"""The page of an application: built once for its sources, kept, and published to its bucket."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shopfast_obs.cloud.deploy.npm import Npm, UnreachableError
from shopfast_obs.cloud.synthesis.synth import NOT_SOURCES, sources
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.changes import Skipped
from shopfast_obs.model.records import record

BUCKET = "FrontendBucket"  # the stack's output that names the bucket
ENTRY = "index.html"
HASHED = "assets/"  # where Vite puts files whose names change with their content
FOREVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
KEPT = 6  # built pages, and half as many sets of packages, of one project


@record
class Page:
    """A built page. `stale` says why it is not that of the sources."""

    folder: Path
    stale: str = ""


def build(source: Path, cache: Path, say: Callable[[str], None], npm: Callable[[], Npm] = Npm.found) -> Page | Skipped:
    """The page of the sources, from the cache where it was built before; Skipped with the reason where it cannot be
    built for want of its packages. Raises ProjectError for sources that do not build."""
    if not (source / "package-lock.json").is_file():
        raise ProjectError(f"There is no page in {source}: it has no package-lock.json.", "Mend `frontend`.")
    pages, name = cache / "pages" / _name(source), _digest(source)
    if not (pages / name / ENTRY).is_file():
        try:
            with workspace(source, cache, say, npm) as folder:
                say("building the page")
                npm().run(folder, "build")
                _keep(folder / "dist", pages / name)
        except UnreachableError as problem:
            return _built_before(pages, problem.message)
        _keep_newest(pages, KEPT)
    return Page(pages / name)


@contextmanager
def workspace(
    source: Path, cache: Path, say: Callable[[str], None], npm: Callable[[], Npm] = Npm.found
) -> Iterator[Path]:
    """A copy of the sources with their packages, so that nothing appears in the checkout; raises UnreachableError."""
    packages = _packages(source, cache / "packages", say, npm)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".") as made:
        folder = Path(made, source.name)
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        (folder / "node_modules").symlink_to(packages, target_is_directory=True)
        yield folder


def publish(s3: Any, bucket: str, page: Path) -> bool:  # noqa: ANN401 - a boto3 client
    """Bring the bucket to the page; False when it was there. The entry comes last: what it names is there before."""
    wanted = {path.relative_to(page).as_posix(): path.read_bytes() for path in page.rglob("*") if path.is_file()}
    present = _objects(s3, bucket)
    changed = [key for key, data in wanted.items() if present.get(key) != _etag(data)]
    for key in sorted(changed, key=lambda key: (key == ENTRY, key)):
        _put(s3, bucket, key, wanted[key])
    gone = [key for key in present if key not in wanted]
    _delete(s3, bucket, gone)
    return bool(changed or gone)


def withdraw(s3: Any, bucket: str) -> None:  # noqa: ANN401 - a boto3 client
    """Empty the bucket: CloudFormation deletes only empty ones."""
    _delete(s3, bucket, list(_objects(s3, bucket)))


def _name(source: Path) -> str:
    named = json.loads((source / "package.json").read_text(encoding="utf-8")).get("name")
    return str(named or "page").replace("/", "-")


def _digest(source: Path) -> str:
    digest = hashlib.sha256()
    for path in sources(source):
        digest.update(f"{path.relative_to(source)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _packages(source: Path, cache: Path, say: Callable[[str], None], npm: Callable[[], Npm]) -> Path:
    """The `node_modules` of the locked packages; raises UnreachableError."""
    lock = (source / "package-lock.json").read_bytes()
    folder = cache / hashlib.sha256(lock).hexdigest()[:32]
    if not (folder / "node_modules").is_dir():
        say("installing the page's packages")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".") as made:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                if (source / name).is_file():
                    shutil.copy(source / name, made)
            npm().install(Path(made))
            _move(Path(made), folder)
        _keep_newest(cache, KEPT // 2)
    return folder / "node_modules"


def _keep(built: Path, target: Path) -> None:
    if not (built / ENTRY).is_file():
        raise ProjectError(f"`npm run build` made no dist/{ENTRY} in {built.parent.name}.", "Have it build into dist/.")
    target.parent.mkdir(parents=True, exist_ok=True)
    _move(built, target)


def _move(made: Path, target: Path) -> None:
    """In one step; where another process was first, its copy is as good."""
    try:
        made.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _built_before(pages: Path, reason: str) -> Page | Skipped:
    built = [folder for folder in pages.glob("[!.]*") if (folder / ENTRY).is_file()]
    if not built:
        return Skipped("the page", reason)
    newest = max(built, key=lambda folder: folder.stat().st_mtime)
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(newest.stat().st_mtime))
    return Page(newest, f"{reason} The page that was built on {when} is published instead.")


def _keep_newest(folder: Path, count: int) -> None:
    found = sorted(folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in found[count:]:
        shutil.rmtree(old, ignore_errors=True)


def _objects(s3: Any, bucket: str) -> Mapping[str, str]:  # noqa: ANN401
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {item["Key"]: item["ETag"].strip('"') for page in pages for item in page.get("Contents", ())}


def _etag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _put(s3: Any, bucket: str, key: str, data: bytes) -> None:  # noqa: ANN401
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("javascript", "json"))
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=data,
        ContentType=f"{kind}; charset=utf-8" if text else kind,
        CacheControl=FOREVER if key.startswith(HASHED) else ASK_AGAIN,
    )


def _delete(s3: Any, bucket: str, keys: list[str]) -> None:  # noqa: ANN401
    for start in range(0, len(keys), 1000):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys[start : start + 1000]]})
