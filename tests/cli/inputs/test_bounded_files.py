"""Files that a user names, within bounds; what is wrong with one of many is named, and the others are read."""

import bz2
import gzip
import lzma
import os
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shopfast_obs.cli.inputs import bounded_files
from shopfast_obs.errors import UserError
from shopfast_obs.parse.unpacking import TooLargeError, unpacked, unpacked_otherwise


def test_gzip_is_unpacked_with_all_its_members(tmp_path: Path) -> None:
    """Tools append one archive to another."""
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one") + gzip.compress(b"two"))
    problems: list[str] = []

    assert bounded_files.plain(path, problems) == b"onetwo"
    assert problems == []


def test_what_is_left_of_an_archive_is_read_and_said(tmp_path: Path) -> None:
    """Once, however often the file is read."""
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(os.urandom(5000))[:2000])
    problems: list[str] = []

    assert bounded_files.plain(path, problems)
    assert bounded_files.plain(path, problems)
    assert [problem.partition(": ")[2] for problem in problems] == [
        "its archive ends in the middle or is damaged; what came before is read"
    ]


def test_an_archive_that_holds_too_much_is_refused() -> None:
    """Counted, not kept: the memory of the whole is never taken."""
    packed = gzip.compress(b"a" * 1_000_000) + gzip.compress(b"a" * 1_000_000)

    assert unpacked(packed, 2_000_000)[1]
    with pytest.raises(TooLargeError):
        unpacked(packed, 1_999_999)


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_other_archives_have_the_same_bound(pack: Callable[[bytes], bytes]) -> None:
    """All members together, cut off or not."""
    packed = pack(b"a" * 1_000_000) + pack(b"a" * 1_000_000)

    assert unpacked_otherwise(packed, 2_000_000) == (b"a" * 2_000_000, True)
    with pytest.raises(TooLargeError):
        unpacked_otherwise(packed, 1_999_999)
    cut = unpacked_otherwise(pack(os.urandom(5000))[:2000], 10_000)
    assert cut is not None and not cut[1]
    assert unpacked_otherwise(b"plain", 10) is None


def test_a_zip_archive_is_read_file_by_file_within_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too much for all of it together is refused, what is before it is read."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("1.log", "../2.log", "3.log"):
            archive.writestr(name, b"a" * 600_000)
    problems: list[str] = []
    found = [(name.relative_to(tmp_path).as_posix(), len(data)) for name, data in bounded_files.files(path, problems)]
    assert found == [("a.zip/1.log", 600_000), ("a.zip/_/2.log", 600_000), ("a.zip/3.log", 600_000)]

    monkeypatch.setattr(bounded_files, "MOST_BYTES", 1_000_000)
    assert [len(data) for _, data in bounded_files.files(path, problems)] == [600_000]
    assert "more than 1,000,000 bytes unpacked" in problems[0]


@pytest.mark.parametrize(("content", "said"), [(b"PK\x03\x04x", "no zip archive"), (b"\x1f\x8bxxxxxxxx", "no gzip")])
def test_what_cannot_be_read_at_all_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    """With what to do; nothing is raised, because there may be other files."""
    path = tmp_path / "a"
    path.write_bytes(content)
    problems: list[str] = []

    assert list(bounded_files.files(path, problems)) == []
    assert said in problems[0]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """With the bound and the way to split it."""
    path = tmp_path / "large.log"
    with path.open("wb") as file:
        file.truncate(bounded_files.MOST_BYTES + 1)
    problems: list[str] = []
    assert bounded_files.plain(path, problems) is None
    assert "256,000,000 are read at most" in problems[0] and "split -l 500000" in problems[0]


def test_a_pipe_is_read_to_its_end_and_kept(tmp_path: Path) -> None:
    """`<(command)` gives its bytes once, and a report reads its files several times."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"x" * 200_000,))
    writer.start()

    assert bounded_files.content(pipe) == b"x" * 200_000
    assert bounded_files.content(pipe) == b"x" * 200_000
    writer.join()


def test_a_pipe_that_nobody_writes_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for without end."""
    monkeypatch.setattr(bounded_files, "PATIENCE", 0.05)
    pipe = tmp_path / "silent"
    os.mkfifo(pipe)

    with pytest.raises(UserError, match="nothing came out of it"):
        bounded_files.content(pipe)


def test_a_device_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the bound."""
    monkeypatch.setattr(bounded_files, "MOST_BYTES", 3_000_000)

    with pytest.raises(UserError, match="more than 3,000,000 bytes"):
        bounded_files.content(Path("/dev/zero"))
