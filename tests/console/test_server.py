"""The server on a real port: who may see what, what is sent on, and what a viewer can do."""

import json
import time
from collections.abc import Iterator

import pytest

from shopfast_obs.console.board import Board
from shopfast_obs.testing import FakeCloud, function_trace
from tests.console.served import Client, FakeSurroundings, console, eventually

SECRET = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture
def around() -> FakeSurroundings:
    """A cloud with one request a moment ago."""
    now = time.time()
    trace = function_trace(f"1-{int(now):08x}-{1:024x}", now - 1)
    return FakeSurroundings(FakeCloud(recorded_traces=(trace,)))


@pytest.fixture
def client(around: FakeSurroundings) -> Iterator[Client]:
    """Somebody who opened the printed address."""
    with console(around) as guard:
        yield Client(guard)


def events(client: Client, wanted: set[str]) -> dict[str, object]:
    """The newest parts, once each of the wanted has come."""
    answer = client.http.request(
        "GET", client.root + "/events", headers={"cookie": client.cookie}, preload_content=False, timeout=10
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    found: dict[str, object] = {}
    name = ""
    for line in (part for chunk in answer.stream(1 << 16) for part in chunk.decode().split("\n")):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            found[name] = json.loads(line.removeprefix("data: "))
        if wanted <= set(found):
            break
    answer.close()
    return found


def test_the_page_needs_the_key_of_the_printed_address(client: Client) -> None:
    """Another user of the machine may find the port, but not the key."""
    assert client.ask("GET", "/").status == 401
    assert client.ask("GET", "/events").status == 401
    assert client.ask("GET", "/?key=wrong").status == 401
    assert client.ask("GET", "/", cookie=client.cookie + "x").status == 401
    answer = client.get("/")
    assert answer.status == 200
    assert answer.headers["x-frame-options"] == "DENY"
    assert client.guard.key not in answer.data.decode()


def test_another_page_in_the_same_browser_gets_nothing(client: Client) -> None:
    """Neither by a name that points here nor from its own origin; and it cannot act."""
    port = client.root.rpartition(":")[2]
    assert client.ask("GET", "/", cookie=client.cookie, host=f"elsewhere.example:{port}").status == 421
    assert client.ask("GET", "/", cookie=client.cookie, origin="http://elsewhere.example").status == 403
    assert client.ask("POST", "/hurry", cookie=client.cookie).status == 403


def test_the_board_comes_as_events(client: Client) -> None:
    """All of it at first; the request with its route."""
    found = events(client, {"about", "requests", "map", "routes", "alarms", "machine", "shoppers"})
    assert found["about"] == {"where": "a cloud of memory", "local": True}
    (request,) = found["requests"]  # type: ignore[misc]
    assert request["entry_point"] == "GET /web"
    assert found["machine"] == {"cores": 2, "busy": 0.5}


def test_a_trace_comes_with_its_waterfall(client: Client, around: FakeSurroundings) -> None:
    """In the form of the report; what is no trace is a sentence."""
    trace = around.fake.recorded_traces[0]
    found = json.loads(client.get(f"/trace/{trace.id}").data)
    assert found["traces"]["id"] == [trace.id]
    assert len(found["waterfalls"][trace.id]["depth"]) > 2
    missing = client.get(f"/trace/1-{int(time.time()):08x}-{7:024x}")
    assert (missing.status, "any more" in missing.data.decode()) == (404, True)
    assert client.get("/trace/nonsense").status == 404


def test_a_number_leads_to_its_trace(client: Client, around: FakeSurroundings) -> None:
    """By X-Ray's own filter; what could end its text is refused."""
    found = json.loads(client.get("/find?value=it-42").data)
    assert found == {"traces": [around.fake.recorded_traces[0].id]}
    assert client.get("/find?value=%22%20OR%20fault").status == 404
    assert set(around.fake.filter_expressions) == {"", 'annotation.correlation_id = "it-42"'}


def test_a_viewer_can_send_shoppers_and_hurry_alarms(client: Client, around: FakeSurroundings) -> None:
    """Within bounds; anything else is refused with a sentence."""
    assert client.post("/shoppers", {"scenario": "browse", "rps": 3}).status == 200
    assert client.post("/hurry", {"seconds": 60}).status == 200
    assert (around.sent, around.hurried) == ([("browse", 3.0)], [60.0])
    refused = [
        client.post("/shoppers", body).status
        for body in ({"scenario": "browse", "rps": 1e9}, {"scenario": 1, "rps": 1}, {}, [], "x" * 20_000)
    ]
    assert refused == [400] * 5
    assert client.post("/shoppers", {"scenario": "nobody", "rps": 1}).status == 404
    assert client.post("/hurry", {"seconds": -1}).status == 400
    assert client.post("/hurry", {"seconds": "60"}).status == 400
    assert (around.sent, around.hurried) == ([("browse", 3.0)], [60.0])


def test_a_cloud_that_goes_away_is_said_and_found_again(client: Client, around: FakeSurroundings) -> None:
    """The page stays."""
    events(client, {"requests"})
    around.fake.unreachable, around.gone = True, True
    eventually(lambda: any("traces: " in str(one) for one in events(client, {"problems"})["problems"]))  # type: ignore[attr-defined]
    around.fake = FakeCloud(recorded_traces=around.fake.recorded_traces)
    around.gone = False
    eventually(lambda: events(client, {"problems"})["problems"] == [])


def test_the_board_masks_secrets_and_tells_only_what_changed() -> None:
    """Whoever looks again gets nothing twice."""
    board = Board()
    board.put("errors", [{"message": f"denied for {SECRET}"}])
    board.put("machine", {"busy": 0.1})
    version, parts = board.since(0)
    assert set(parts) == {"errors", "machine"}
    assert SECRET not in parts["errors"]
    board.put("machine", {"busy": 0.1})
    assert board.since(version) == (version, {})
    board.put("machine", {"busy": 0.2})
    assert board.since(version) == (version + 1, {"machine": '{"busy":0.2}'})
