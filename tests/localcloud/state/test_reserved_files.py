"""Files that can be replaced on a full disk."""

import os
from pathlib import Path

import pytest

from shopfast_obs.localcloud.state.reserved_files import ReservedFiles


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A disk on which no further space can be allocated once the list says so."""
    state = [False]
    allocate = os.posix_fallocate

    def limited(descriptor: int, offset: int, size: int) -> None:
        if state[0]:
            raise OSError(28, "No space left on device")
        allocate(descriptor, offset, size)

    monkeypatch.setattr(os, "posix_fallocate", limited)
    return state


def test_a_file_is_replaced_and_space_for_the_next_version_is_owned(tmp_path: Path) -> None:
    """The spare is larger than the file; what is shorter than its predecessor leaves nothing behind."""
    files = ReservedFiles(tmp_path)
    files.put("a.json", b"x" * 1000, growth=500)
    files.put("a.json", b"y" * 10, growth=500)
    assert (tmp_path / "a.json").read_bytes() == b"y" * 10
    assert (tmp_path / ".a.json.spare").stat().st_size == 510
    assert (tmp_path / "a.json").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.json.spare", "a.json"]


def test_on_a_full_disk_the_file_stays_and_the_last_version_still_fits(tmp_path: Path, full: list[bool]) -> None:
    """`put` refuses, because nothing could be promised after it; what was accepted is written by `put_last`."""
    files = ReservedFiles(tmp_path)
    files.put("a.json", b"one", growth=100)
    full[0] = True
    with pytest.raises(OSError, match="No space"):
        files.put("a.json", b"two" * 10, growth=100)
    assert (tmp_path / "a.json").read_bytes() == b"one"
    assert (tmp_path / ".a.json.spare").stat().st_size == 103
    files.put_last("a.json", b"three")
    assert (tmp_path / "a.json").read_bytes() == b"three"
    with pytest.raises(OSError, match="No space"):
        files.reserve("a.json", growth=100)
    full[0] = False
    files.put("a.json", b"four", growth=100)
    assert (tmp_path / "a.json").read_bytes() == b"four"


def test_a_draft_that_could_not_be_allocated_is_removed(tmp_path: Path, full: list[bool]) -> None:
    """It would take the space that others need."""
    full[0] = True
    with pytest.raises(OSError, match="No space"):
        ReservedFiles(tmp_path).reserve("a.json")
    assert not list(tmp_path.iterdir())
