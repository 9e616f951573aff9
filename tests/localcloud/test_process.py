"""The cloud in the background: one for a state, known again, ended completely."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from shopfast_obs import ownership
from shopfast_obs.cloud import target
from shopfast_obs.errors import BusyError, CloudUnreachableError, UserError
from shopfast_obs.localcloud import process
from shopfast_obs.localcloud.gateway import credentials
from shopfast_obs.localcloud.state import process_files
from tests.localcloud.conftest import STANDIN

pytestmark = pytest.mark.cloud


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state folder whose cloud is ended after the test."""
    folder = tmp_path / "cloud"
    yield folder
    process.stop(folder)


def start(state: Path, port: int | None = None) -> process.CloudInfo:
    """A stand-in cloud on a port of its own."""
    return process.start(state, port or 0, module=STANDIN)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.CloudInfo]:
    """One cloud for the tests that only look at it."""
    info = start(tmp_path_factory.mktemp("running") / "cloud")
    yield info
    process.stop(info.state)


def test_it_starts_once_and_stops_completely(state: Path) -> None:
    """A second start finds the first; after stop nobody listens, no process is left and the file is gone."""
    info = start(state)
    assert process.health(info)["ready"]
    assert process.start(state, module=STANDIN) == info == process.status(state)
    family = [psutil.Process(info.pid), *psutil.Process(info.pid).children(recursive=True)]
    assert process.stop(state) == info
    assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert process.status(state) is None
    assert process.stop(state) is None
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", info.port), timeout=1):
        pass


def test_the_state_is_its_owners(running: process.CloudInfo) -> None:
    """Nobody else may read what the cloud keeps."""
    assert stat.S_IMODE(running.state.stat().st_mode) == 0o700
    assert not [p for p in running.state.rglob("*") if stat.S_IMODE(p.stat().st_mode) & 0o077]


def test_it_listens_on_loopback_only(running: process.CloudInfo) -> None:
    """No socket of the cloud is bound to another address."""
    addresses = {c.laddr.ip for c in psutil.Process(running.pid).net_connections() if c.status == psutil.CONN_LISTEN}
    assert addresses == {"127.0.0.1"}


def test_it_comes_back_on_its_port(state: Path) -> None:
    """URLs of what is deployed hold the port, so a restart prefers it."""
    info = start(state)
    process.stop(state)
    assert process.start(state, module=STANDIN).port == info.port


def test_a_port_in_use_is_named(state: Path) -> None:
    """Another program's port is a user error that names the port; nothing is left behind."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UserError, match=f"Port {port} is in use"):
            process.start(state, port, module=STANDIN)
    assert process.status(state) is None


def test_two_that_start_at_once_share_no_port(tmp_path: Path) -> None:
    """Without a port both would like the same one: whoever comes second takes another."""
    states = [tmp_path / name for name in ("one", "two")]
    try:
        with ThreadPoolExecutor(2) as pool:
            ports = {info.port for info in pool.map(lambda state: process.start(state, module=STANDIN), states)}
        assert len(ports) == 2
    finally:
        for state in states:
            process.stop(state)


def test_another_port_for_a_running_cloud_is_refused(running: process.CloudInfo) -> None:
    """One state has one cloud."""
    with pytest.raises(UserError, match=f"runs already, on port {running.port}"):
        process.start(running.state, running.port - 1, module=STANDIN)


def test_a_cloud_that_does_not_start_says_why(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last lines of the log are the reason."""
    monkeypatch.setenv("STANDIN_FAILS", "1")
    with pytest.raises(CloudUnreachableError, match="this cloud does not start"):
        start(state)
    assert process.status(state) is None


def test_two_starts_at_once_make_one_cloud(state: Path) -> None:
    """Whoever comes second gets the first one's cloud."""
    found: list[process.CloudInfo] = []
    threads = [threading.Thread(target=lambda: found.append(process.start(state, module=STANDIN))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len({info.pid for info in found}) == 1


def test_a_killed_cloud_is_not_running(state: Path) -> None:
    """The file of a dead cloud is stale, and the next start makes a new one, at once."""
    info = start(state)
    os.kill(info.pid, signal.SIGKILL)
    again = start(state)
    assert again.pid != info.pid
    assert process.health(again)


def test_a_process_with_a_reused_number_is_left_alone(state: Path) -> None:
    """A record whose process began at another time names a stranger, who is neither found nor ended."""
    state.mkdir(mode=0o700)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        record = {"pid": stranger.pid, "port": 1, "process_started": 1.0, "started": 1.0}
        (state / process_files.INFO).write_text(json.dumps(record))
        try:
            assert process.stop(state) is None
            assert stranger.poll() is None
        finally:
            stranger.kill()
    assert not (state / process_files.INFO).exists()


@pytest.mark.parametrize(
    "content",
    [
        *("", "not json", "[]", "[" * 5000, '{"pid": 1}', '{"pid": 1, "unknown": 2}'),
        '{"pid": -1, "port": 1, "process_started": 1.0, "started": 1.0}',
        '{"pid": "1", "port": 1, "process_started": 1.0, "started": 1.0}',
        '{"pid": 1, "port": 1, "process_started": null, "started": 1.0}',
    ],
)
def test_an_unreadable_record_is_no_cloud(state: Path, content: str) -> None:
    """Whatever stands in the file, status has an answer."""
    state.mkdir(mode=0o700)
    (state / process_files.INFO).write_text(content)
    assert process.status(state) is None


def test_a_copy_of_a_state_is_not_the_cloud(state: Path, tmp_path: Path) -> None:
    """It names the process and the keys of the other: it ends nothing, starts nothing and signs nothing, until it is
    emptied."""
    info = start(state)
    copy = tmp_path / "copy"
    shutil.copytree(state, copy)
    assert credentials.load(copy) is None and target.local_endpoint(copy) is None
    assert target.local_endpoint(state) == info.endpoint_url and target.local_keys(copy) is None
    with pytest.raises(UserError, match="was not made there") as refused:
        start(copy)
    assert "cloud reset" in (refused.value.hint or "")
    (copy / process_files.INFO).write_bytes((state / process_files.INFO).read_bytes())
    assert process.stop(copy) is None and process.health(info)
    assert process.reset(copy) is None and [path.name for path in copy.iterdir()] == []
    again = start(copy)
    try:
        assert credentials.load(copy) != credentials.load(state) and process.health(again)
    finally:
        process.stop(copy)


def test_a_state_that_names_its_folder_is_not_the_users(state: Path) -> None:
    """Numbers of folders can be guessed (a fresh disk hands out the same ones); the seal of the user cannot."""
    state.mkdir(mode=0o700)
    number = state.stat().st_ino
    for said in (number, hashlib.sha256(str(number).encode()).hexdigest()):
        lines = [f"{name} = {said}" for name in (ownership.FOLDER, ownership.PLACE)]
        keys = ["[default]", f"aws_access_key_id = {credentials.ACCOUNT}", "aws_secret_access_key = theirs"]
        (state / credentials.FILE).write_text("\n".join([*keys, *lines]))
        assert credentials.load(state) is None
    with pytest.raises(UserError, match="was not made there"):
        start(state)


def test_other_keys_under_the_same_seal_are_nobodys(state: Path) -> None:
    """The seal covers the secret: another one in its place is refused."""
    state.mkdir(mode=0o700)
    made = credentials.ensure(state)
    text = (state / credentials.FILE).read_text()
    (state / credentials.FILE).write_text(text.replace(made.secret, "theirs"))
    assert credentials.load(state) is None


def test_a_restored_state_and_a_moved_one_are_the_users(state: Path, tmp_path: Path) -> None:
    """At the same place, or in the same folder under another name; one that was moved to another disk is adopted, and
    what is in it stays."""
    state.mkdir(mode=0o700)
    made = credentials.ensure(state)
    (state / "deployed").write_text("yes")
    moved = state.rename(tmp_path / "moved")
    assert credentials.load(moved) == made
    shutil.copytree(moved, state)
    assert credentials.load(state) == made
    elsewhere = Path(shutil.copytree(moved, tmp_path / "elsewhere"))
    with pytest.raises(UserError) as refused:
        start(elsewhere)
    assert "cloud start --adopt" in (refused.value.hint or "")
    try:
        assert process.health(process.start(elsewhere, 0, module=STANDIN, adopt=True))
        assert credentials.load(elsewhere) not in (None, made)
        assert (elsewhere / "deployed").read_text() == "yes"
    finally:
        process.stop(elsewhere)


@pytest.mark.parametrize("name", ["cloud.tmp", "port.tmp", "start.lock", "state.lock", "cloud.log", "cloud.json"])
def test_a_link_in_the_state_leads_nowhere(state: Path, tmp_path: Path, name: str) -> None:
    """A file that somebody linked there stays as it is, whether the cloud starts or not."""
    (tmp_path / "mine").write_text("mine")
    state.mkdir(mode=0o700)
    (state / name).symlink_to(tmp_path / "mine")
    with contextlib.suppress(UserError, CloudUnreachableError):
        start(state)
    process.tail(state, 5)
    assert (tmp_path / "mine").read_text() == "mine"
    (state / name).unlink(missing_ok=True)


def test_a_second_process_on_the_same_state_ends_at_once(running: process.CloudInfo) -> None:
    """Two clouds that write one state would destroy it."""
    with pytest.raises(BusyError), process_files.lock(running.state, process_files.STATE_LOCK, seconds=0):
        pass


def test_reset_empties_it_and_keeps_the_port(state: Path) -> None:
    """A file of the old state is gone; the cloud answers where it did."""
    info = start(state)
    (state / "left over").mkdir()
    process.stop(state)
    assert process.reset(state) is None
    assert [path.name for path in state.iterdir()] == ["credentials"]  # shells have them
    assert not process.health(info)
