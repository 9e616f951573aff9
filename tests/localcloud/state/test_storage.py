"""What is refused while nothing can be stored."""

import threading
from pathlib import Path

import pytest

from shopfast_obs.localcloud.protocol.routing import Head, head_of
from shopfast_obs.localcloud.state.storage import Storage, changes, is_query

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def head(method: str = "POST", path: str = "/", query: str = "", **headers: str) -> Head:
    """A request; header names with `_` for `-`."""
    return head_of(method, path, {name.replace("_", "-"): value for name, value in headers.items()}, query.encode())


@pytest.mark.parametrize(
    ("request_head", "body", "changing"),
    [
        (head(x_amz_target="DynamoDB_20120810.PutItem"), b"", True),
        (head(x_amz_target="DynamoDB_20120810.Query"), b"", False),
        (head(x_amz_target="AmazonSQS.ReceiveMessage"), b"", True),
        (head(**FORM), b"Action=CreateTopic&Name=x", True),
        (head(**FORM), b"Action=ListTopics", False),
        (head(**FORM), b"nothing", True),
        (head("GET", query="Action=DeleteTopic"), b"", True),
        (head("PUT", "/bucket/key"), b"", True),
        (head("GET", "/bucket/key"), b"", False),
        (head(path="/2015-03-31/functions/f/invocations"), b"", False),
        (head(path="/2015-03-31/functions"), b"", True),
    ],
)
def test_only_what_changes_the_application_is_refused(request_head: Head, body: bytes, changing: bool) -> None:
    """Reads and invocations go on."""
    assert changes(request_head, body) is changing


def test_a_refusal_says_why_and_where(tmp_path: Path) -> None:
    """Until the state is stored again."""
    storage = Storage(tmp_path)
    put = head(x_amz_target="DynamoDB_20120810.PutItem")
    assert not storage.may_refuse(put)
    storage.refuse("No space left on device")
    assert storage.may_refuse(put)
    assert "No space left on device" in storage.refusal(put)
    assert str(tmp_path) in storage.refusal(put)
    assert not storage.refusal(head(x_amz_target="DynamoDB_20120810.GetItem"))
    storage.accept()
    assert not storage.may_refuse(put)
    assert storage.health()["trouble"] == ""


def test_a_body_for_which_the_disk_has_no_room_is_refused(tmp_path: Path) -> None:
    """A package of a petabyte; a body whose length nobody can read is somebody else's to refuse."""
    storage = Storage(tmp_path)
    assert storage.may_refuse(head("PUT", "/b/k", content_length=str(10**15)))
    assert "no room" in storage.refusal(head("PUT", "/b/k", content_length=str(10**15)))
    assert not storage.may_refuse(head("PUT", "/b/k", content_length="1000"))
    assert not storage.may_refuse(head("PUT", "/b/k", content_length="many"))


def test_the_last_snapshot_waits_for_what_is_under_way(tmp_path: Path) -> None:
    """A request that was let in is answered, and then stored."""
    storage = Storage(tmp_path)
    refused = threading.Event()
    with storage.under_way(head(x_amz_target="DynamoDB_20120810.PutItem")):
        thread = threading.Thread(target=lambda: (storage.refuse("full"), refused.set()))
        thread.start()
        assert not refused.wait(0.05)
    thread.join()
    assert refused.is_set()


def test_a_thread_that_has_ended_is_named(tmp_path: Path) -> None:
    """Health knows what has to run."""
    ended = threading.Thread(target=int, name="writer of a.db")
    ended.start()
    ended.join()
    assert Storage(tmp_path, threads=[ended, threading.current_thread()]).health()["ended_threads"] == [
        "writer of a.db"
    ]


def test_the_operation_of_a_query_stands_in_its_body() -> None:
    """Only then the body is read for it."""
    assert is_query(head(**FORM))
    assert not is_query(head(x_amz_target="AmazonSQS.SendMessage", **FORM))
    assert not is_query(head("GET", query="Action=ListTopics"))
