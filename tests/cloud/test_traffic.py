"""Shoppers are seeded, paced, and wait for nobody."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shopfast_obs.cloud.traffic import Traffic


class Shop(BaseHTTPRequestHandler):
    """Answers 200 for /ok and 500 for anything else."""

    def do_GET(self) -> None:
        """Answer."""
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200 if self.path.startswith("/ok") else 500)
        self.send_header("content-length", "2")
        self.send_header("x-amzn-RequestId", "request-1")
        self.send_header("X-Amzn-Trace-Id", "Root=1-abc;Parent=2; Sampled=0")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[ThreadingHTTPServer]:
    """A shop on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.paths = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def visit(rng, outputs):
    """Look at two things; the second depends on the first answer."""
    answer = yield {"route": "GET /ok", "method": "GET", "url": f"{outputs['Url']}/ok/{rng.randint(0, 999)}"}
    if answer.json() == {}:
        yield {"route": "GET /bad", "method": "GET", "url": f"{outputs['Url']}/bad"}


def run(url: str, scenario=visit, until: int = 10, seed: int = 1) -> Traffic:
    """Traffic that stops after some requests."""
    traffic = Traffic(scenario, {"Url": url}, rps=200, seed=seed)
    traffic.start()
    deadline = time.monotonic() + 20
    while len(traffic.run.samples) < until and time.monotonic() < deadline:
        time.sleep(0.01)
    traffic.stop()
    return traffic


def test_a_visit_sees_its_answers(shop: ThreadingHTTPServer) -> None:
    """The generator decides on each next request by the answer before."""
    traffic = run(f"http://127.0.0.1:{shop.server_port}", until=150)
    statuses = {(sample.route, sample.status) for sample in traffic.run.samples}
    assert statuses == {("GET /ok", 200), ("GET /bad", 500)}
    assert {sample.ok for sample in traffic.run.samples if sample.route == "GET /bad"} == {False}


def test_a_sample_has_the_ids_of_its_answer(shop: ThreadingHTTPServer) -> None:
    """The request's and the trace's, by which a REPORT line is found."""
    traffic = run(f"http://127.0.0.1:{shop.server_port}", until=1)
    assert (traffic.run.samples[0].request_id, traffic.run.samples[0].trace_id) == ("request-1", "1-abc")


def test_no_answer_is_a_sample_too() -> None:
    """A closed port is status 0, not an exception."""
    traffic = run("http://127.0.0.1:1", until=2)
    assert {sample.status for sample in traffic.run.samples} == {0}
    assert not traffic.run.defects


def test_a_broken_scenario_is_told_apart_from_a_broken_shop() -> None:
    """A visit that raises is a defect of the scenario."""

    def broken(rng, outputs):
        raise ValueError(rng.random())
        yield

    traffic = Traffic(broken, {}, rps=100, seed=1)
    traffic.start()
    time.sleep(0.1)
    traffic.stop()
    assert not traffic.run.samples
    assert "ValueError" in traffic.run.defects[0]


def test_the_same_seed_sends_the_same_shoppers(shop: ThreadingHTTPServer) -> None:
    """Visit k draws the same numbers in every run."""
    url = f"http://127.0.0.1:{shop.server_port}"
    firsts = []
    for seed in (1, 1, 2):
        shop.paths.clear()  # type: ignore[attr-defined]
        run(url, until=80, seed=seed)
        firsts.append({path for path in shop.paths if path.startswith("/ok")})  # type: ignore[attr-defined]
    same, again, other = firsts
    assert len(same & again) > 0.8 * min(len(same), len(again))
    assert len(same & other) < 0.5 * min(len(same), len(other))


def test_shoppers_do_not_come_all_at_once(shop: ThreadingHTTPServer) -> None:
    """From the start, first pages are as rare among the requests as a visit is long."""

    def long(rng, outputs):
        for number in range(5):
            kind = "bad" if number else "ok"
            yield {"route": f"GET /{kind}", "method": "GET", "url": f"{outputs['Url']}/{kind}"}

    traffic = run(f"http://127.0.0.1:{shop.server_port}", long, until=60)
    firsts = sum(sample.route == "GET /ok" for sample in traffic.run.samples[:60])
    assert 10 <= firsts < 30


def test_answers_that_nobody_reads_are_not_waited_for() -> None:
    """A request that is never answered does not hold up who only wanted something to happen."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:

        def hanging(rng, outputs):
            yield {"route": "GET /", "method": "GET", "url": f"http://127.0.0.1:{deaf.getsockname()[1]}/"}

        traffic = Traffic(hanging, {}, rps=50, seed=1)
        traffic.start()
        kept, _ = deaf.accept()
        with kept:
            assert traffic.stop(patience=0).samples == []
