"""Which files an agent may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopfast_obs.errors import UserError
from shopfast_obs.mcp.allowed_paths import Places, made


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A project and saved traces beside it, and something that is neither."""
    for name in ("project/src", "traces", "kept", "private"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("project/template.yaml", "traces/one.json", "private/key", "kept/evidence-1.json.gz"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "project/link.json").symlink_to(tmp_path / "private/key")
    (tmp_path / "project/inner.json").symlink_to(tmp_path / "traces/one.json")
    return made([tmp_path / "project", tmp_path / "traces"], tmp_path / "kept")


@pytest.mark.parametrize("said", ["template.yaml", "src", ".", "../traces", "../traces/one.json", "inner.json"])
def test_what_is_below_a_root_is_named_by_its_real_path(places: Places, tmp_path: Path, said: str) -> None:
    """Relative to the project, or absolute."""
    expected = str((tmp_path / "project" / said).resolve())
    assert places.file(said) == places.file(str(tmp_path / "project" / said)) == expected


def test_a_recording_can_be_named(places: Places, tmp_path: Path) -> None:
    """As the server answered it."""
    assert places.file(str(tmp_path / "kept/evidence-1.json.gz")).endswith("evidence-1.json.gz")


@pytest.mark.parametrize("said", ["..", "../private", "../private/key", "link.json", "/etc/hostname", "a\0b", "~"])
def test_what_is_elsewhere_is_refused(places: Places, said: str) -> None:
    """Also through a link; a home is no abbreviation here."""
    if said == "~":
        assert places.file(said).endswith("project/~")  # a name as any other, which is not there
        return
    with pytest.raises(UserError, match="not below the folders that this server may read"):
        places.file(said)


def test_a_folder_with_a_link_to_elsewhere_is_refused_where_all_of_it_is_read(places: Places, tmp_path: Path) -> None:
    """Until the link is gone."""
    with pytest.raises(UserError, match=r"link\.json' is not below"):
        places.files(["."])
    (tmp_path / "project/link.json").unlink()
    assert places.files(["."]) == [str(tmp_path / "project")]


@pytest.mark.parametrize("said", ["30m..15m", "15m..", "2026-01-01T00:00:00Z..", "1-5e34a614-10bd1234f1fb44f07bc535a1"])
def test_a_side_of_a_comparison_that_is_no_file_stays_as_it_is(places: Places, said: str) -> None:
    """A window or a trace id."""
    assert places.side(said) == said


def test_a_side_that_is_a_file_must_be_below_a_root(places: Places) -> None:
    """A name that is there, or a path."""
    assert places.side("../traces").endswith("/traces")
    for said in ("..", "../private/key", "../private/nothing", "link.json"):
        with pytest.raises(UserError, match="not below"):
            places.side(said)


def test_a_server_writes_nothing_into_a_root(tmp_path: Path) -> None:
    """Recordings are kept elsewhere; a root is a folder that is there."""
    with pytest.raises(UserError, match="into which the server writes nothing"):
        made([tmp_path], tmp_path / "evidence")
    with pytest.raises(UserError, match="is no folder"):
        made([tmp_path / "nowhere"], None)
