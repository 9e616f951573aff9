"""A path that stands in a file leads into its project, or nowhere."""

import os
from pathlib import Path

import pytest

from shopfast_obs import confine
from shopfast_obs.confine import Refused, Walk
from shopfast_obs.errors import UserError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a folder, beside a file that is none of its business."""
    (tmp_path / "project" / "infra").mkdir(parents=True)
    (tmp_path / "project" / "src").mkdir()
    (tmp_path / "private.txt").write_text("private")
    return tmp_path / "project"


@pytest.mark.parametrize("said", ["src", "infra/../src", ".", "not/yet/there"])
def test_what_lies_inside_is_resolved(root: Path, said: str) -> None:
    """Also what is not there yet, and what goes up and comes back."""
    assert confine.within(root, root, said) == (root / said).resolve()


@pytest.mark.parametrize("said", ["..", "../private.txt", "/usr", "/proc/1", "/dev/zero", "src/../../private.txt"])
def test_what_lies_outside_is_refused_with_its_name(root: Path, said: str) -> None:
    """Relative and absolute."""
    found = confine.within(root, root, said)
    assert isinstance(found, Refused)
    assert said in found.reason
    with pytest.raises(UserError, match=r"template\.yaml names a place"):
        confine.inside(root, said, "template.yaml")


def test_links_are_followed_before_it_is_judged(root: Path) -> None:
    """One that stays inside is good, one that leads out is not."""
    (root / "good").symlink_to("src")
    (root / "out").symlink_to("..")
    assert confine.within(root, root, "good") == root / "src"
    assert isinstance(confine.within(root, root, "out/private.txt"), Refused)


@pytest.mark.parametrize("said", ["x" * 5000, "a\0b"])
def test_names_that_no_system_has_are_refused(root: Path, said: str) -> None:
    """Without a traceback."""
    assert isinstance(confine.within(root, root, said), Refused)


def test_pipes_are_neither_named_nor_read(root: Path) -> None:
    """Reading one would wait for ever."""
    os.mkfifo(root / "pipe")
    assert confine.within(root, root, "pipe") == Refused("pipe is neither a file nor a folder")
    with pytest.raises(OSError, match="no regular file"):
        confine.content(root / "pipe")


def test_a_file_is_read_to_its_bound(root: Path) -> None:
    """One byte more is an error that a command can tell."""
    (root / "a").write_bytes(b"12345")
    assert confine.content(root / "a", 5) == b"12345"
    with pytest.raises(OSError, match="it has more than"):
        confine.content(root / "a", 4)
    with pytest.raises(IsADirectoryError):
        confine.content(root / "src")


def test_the_project_is_the_outermost_of_checkout_and_what_is_around(root: Path, monkeypatch) -> None:
    """A template in a monorepo may name a folder beside its own; one without a checkout only what lies below."""
    assert confine.project(root / "infra") == root / "infra"
    assert confine.project(root / "infra", root, root / "src") == root
    (root / ".git").mkdir()
    assert confine.project(root / "infra") == root
    monkeypatch.setenv("HOME", str(root))
    assert confine.project(root / "infra", root.parent) == root / "infra"


def test_a_walk_has_files_in_order_and_follows_no_link(root: Path) -> None:
    """Whole where no bound is reached."""
    for name in ("src/b.py", "src/a.py", "src/skip/c.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("x")
    (root / "src" / "link.py").symlink_to(root.parent / "private.txt")
    walk = Walk(root, skip=lambda name: name == "skip")
    assert list(walk) == [root / "src/a.py", root / "src/b.py"]
    assert walk.stopped == ""


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"entries": 3}, "more than 3 entries"),
        ({"bytes": 2}, "more than 2e-06 MB"),
        ({"depth": 1}, "more than 1 levels"),
        ({"seconds": 0.0, "clock": iter(range(100)).__next__}, "more than 0 s"),
    ],
)
def test_a_walk_ends_at_each_bound_and_says_so(root: Path, bounds: dict, said: str) -> None:
    """The first files are there."""
    for number in range(5):
        (root / "src" / f"{number}.py").write_text("x")
    (root / "src" / "deep" / "deeper").mkdir(parents=True)
    walk = Walk(root, **bounds)
    assert len(list(walk)) <= 5
    assert said in walk.stopped


def test_what_is_done_with_the_files_takes_nothing_of_the_time_for_a_walk(root: Path) -> None:
    """A codemod may take seconds for each."""
    for number in range(5):
        (root / "src" / f"{number}.py").write_text("x")
    passed = 0.0
    walk = Walk(root, clock=lambda: passed)
    for _ in walk:
        passed += 10.0
    assert (passed, walk.stopped) == (50.0, "")
