"""The page is built once for its sources, and its bucket holds what was built and nothing else."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from shopfast_obs.cloud.deploy import frontend
from shopfast_obs.cloud.deploy.frontend import Page
from shopfast_obs.cloud.deploy.npm import Npm, UnreachableError
from shopfast_obs.errors import ProjectError
from shopfast_obs.model.changes import Skipped
from tests import aws_clients

BUCKET = "page"


@dataclass(frozen=True)
class Tools(Npm):
    """An npm whose registry can be cut off, and whose build copies the entry; it writes down what it is asked."""

    asked: list[str] = field(default_factory=list)
    reached: bool = True

    def install(self, folder: Path) -> None:
        self.asked.append("install")
        if not self.reached:
            raise UnreachableError("npm's packages could not be installed: nobody answers.")
        (folder / "node_modules").mkdir()

    def run(self, folder: Path, script: str) -> None:
        self.asked.append(script)
        assert (folder / "node_modules").is_dir()
        (folder / "dist" / "assets").mkdir(parents=True)
        (folder / "dist" / "index.html").write_text((folder / "index.html").read_text())
        (folder / "dist" / "assets" / "a1.js").write_text("1")


def tools(*, reached: bool = True) -> Tools:
    """npm as it is found."""
    return Tools(Path("node"), Path("npm"), reached=reached)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A page's sources."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"name": "shop"}))
    (folder / "package-lock.json").write_text("{}")
    (folder / "index.html").write_text("one")
    return folder


@pytest.fixture
def s3() -> Iterator[Any]:
    """An S3 in memory with the page's bucket."""
    with mock_aws():
        client = aws_clients.client("s3", "us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def build(source: Path, npm: Tools) -> Page | Skipped:
    """The page of the sources with the cache beside them."""
    return frontend.build(source, source.parent / "cache", lambda _: None, lambda: npm)


def test_the_same_sources_are_built_once(source: Path) -> None:
    """Also in another folder; packages are installed again only for another lock file, and the checkout stays clean."""
    npm = tools()
    first = build(source, npm)
    assert isinstance(first, Page) and (first.folder / "index.html").read_text() == "one" and not first.stale
    assert build(source.rename(source.with_name("moved")), npm) == first
    assert npm.asked == ["install", "build"]
    moved = source.with_name("moved")
    (moved / "index.html").write_text("two")
    second = build(moved, npm)
    assert second != first and npm.asked == ["install", "build", "build"]
    assert sorted(path.name for path in moved.iterdir()) == ["index.html", "package-lock.json", "package.json"]


def test_without_the_registry_the_last_page_serves(source: Path) -> None:
    """It says since when; where there is none, the reason is the answer. A page of another application is none."""
    assert build(source, tools(reached=False)) == Skipped(
        "the page", "npm's packages could not be installed: nobody answers."
    )
    built = build(source, tools())
    (source / "package-lock.json").write_text('{"lockfileVersion": 3}')
    stale = build(source, tools(reached=False))
    assert isinstance(built, Page) and isinstance(stale, Page) and stale.folder == built.folder
    assert "nobody answers. The page that was built on " in stale.stale
    (source / "package.json").write_text(json.dumps({"name": "other"}))
    assert isinstance(build(source, tools(reached=False)), Skipped)


def test_a_page_that_makes_no_entry_is_a_mistake(source: Path) -> None:
    """So is a folder that is no npm project."""

    class Nothing(Tools):
        def run(self, folder: Path, script: str) -> None:
            """A build that makes nothing."""

    with pytest.raises(ProjectError, match=r"made no dist/index\.html"):
        build(source, Nothing(Path("node"), Path("npm")))
    (source / "package-lock.json").unlink()
    with pytest.raises(ProjectError, match=r"no package-lock\.json"):
        build(source, tools())


def test_old_pages_are_forgotten(source: Path) -> None:
    """The newest few are kept."""
    npm = tools()
    for number in range(frontend.KEPT + 3):
        (source / "index.html").write_text(str(number))
        page = build(source, npm)
        assert isinstance(page, Page)
        os.utime(page.folder, (number, number))
    assert len(list((source.parent / "cache" / "pages" / "shop").iterdir())) == frontend.KEPT


def test_publishing_changes_what_is_different(s3: Any, source: Path) -> None:
    """Content types for browsers, hashed names forever and the rest asked for again; what is gone goes."""
    page = build(source, tools())
    assert isinstance(page, Page)
    s3.put_object(Bucket=BUCKET, Key="assets/old.js", Body=b"0")
    assert frontend.publish(s3, BUCKET, page.folder)
    assert not frontend.publish(s3, BUCKET, page.folder)
    entry, script = (s3.head_object(Bucket=BUCKET, Key=key) for key in ("index.html", "assets/a1.js"))
    assert (entry["ContentType"], entry["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    assert script["ContentType"].endswith("javascript; charset=utf-8") and "immutable" in script["CacheControl"]
    assert {item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]} == {"index.html", "assets/a1.js"}
    frontend.withdraw(s3, BUCKET)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
