"""The live page for an hour of 50 requests a second: how soon a request is on the screen, how soon the server answers,
and what page and server need. Segments come through the local cloud's API, so that the page is measured and not Lambda.

    python -m bench.console [--minutes 60] [--rate 50]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright

from bench import _clouds
from shopfast_obs.localcloud.gateway import credentials
from tests.browser import executable

LOOK = 1.0  # seconds between two questions to the page and the server
SETTLED = 60.0  # seconds after which memory is that of a page in use
# Each time a request's line is put into the document, its trace and the moment.
WATCH = """() => {
    window.shown = new Map();
    const known = new Set();
    const look = () => document.querySelectorAll(".entry-open").forEach((one) => {
        if (known.has(one.dataset.key)) return;
        known.add(one.dataset.key);
        window.shown.set(one.dataset.key, Date.now() / 1000);
    });
    const list = document.querySelector("[data-part=requests]");
    new MutationObserver(look).observe(list, { childList: true, subtree: true });
}"""
TAKEN = "() => { const all = [...window.shown]; window.shown = new Map(); return all; }"


def documents(number: int, now: float) -> tuple[str, list[str]]:
    """One request of one of eight routes, one in twenty failed: an API, a function, a call of a table."""
    trace_id = f"1-{int(now):08x}-{number:024x}"
    route, failed = number % 8, number % 20 == 0
    url = {"method": "GET", "url": f"https://shop.example/prod/route-{route}"}
    http = {"request": url, "response": {"status": 502 if failed else 200}}
    call = {
        "id": f"{number:015x}d", "name": "DynamoDB", "namespace": "aws",
        "start_time": now - 0.04, "end_time": now - 0.01,
        "aws": {"operation": "GetItem", "table_name": f"table-{route % 3}", "region": "us-east-1"},
    }  # fmt: skip
    common = {"trace_id": trace_id, "start_time": now - 0.06, "end_time": now, "fault": failed}
    api = {**common, "id": f"{number:015x}a", "name": "shop/prod", "origin": "AWS::ApiGateway::Stage", "http": http}
    function = {
        **common, "id": f"{number:015x}b", "parent_id": api["id"], "name": f"service-{route % 4}",
        "origin": "AWS::Lambda::Function", "subsegments": [call],
    }  # fmt: skip
    return trace_id, [json.dumps(api), json.dumps(function)]


class Sender(threading.Thread):
    """Puts requests at a steady rate, and knows when each was answered for."""

    def __init__(self, url: str, rate: float) -> None:
        super().__init__(daemon=True)
        self._client = _clouds.client(url, "xray")
        self._rate, self.put, self.ended = rate, dict[str, float](), threading.Event()

    def run(self) -> None:
        begun, sent = time.monotonic(), 0
        while not self.ended.is_set():
            due = int((time.monotonic() - begun) * self._rate)
            for number in range(sent, due):
                trace_id, texts = documents(number + 1, time.time())
                self._client.put_trace_segments(TraceSegmentDocuments=texts)
                self.put[trace_id] = time.time()
            sent = due
            self.ended.wait(0.02)


def memory(process: psutil.Process) -> float:
    """MB of a process and its children."""
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 1e6


def measured(page: Page, server: psutil.Process, sender: Sender, minutes: float) -> dict[str, Any]:
    """The figures of so many minutes."""
    delays: list[float] = []
    answers: list[float] = []
    heaps: list[float] = []
    memories: list[float] = []
    begun = time.monotonic()
    page.evaluate(WATCH)
    while (elapsed := time.monotonic() - begun) < minutes * 60:
        time.sleep(LOOK)
        delays += [moment - sender.put[name] for name, moment in page.evaluate(TAKEN) if name in sender.put]
        clock = time.perf_counter()
        page.evaluate("() => fetch('/').then((answer) => answer.text())")
        answers.append(time.perf_counter() - clock)
        if elapsed > SETTLED:
            heaps.append(page.evaluate("() => performance.memory.usedJSHeapSize") / 1e6)
            memories.append(memory(server))
    share = len(delays) / max(1, len(sender.put))
    return {
        "minutes": minutes,
        "requests": len(sender.put),
        "listed": round(share, 3),
        "on_screen_p50_s": round(statistics.median(delays), 3),
        "on_screen_p95_s": round(_p95(delays), 3),
        "answer_p95_ms": round(_p95(answers) * 1000, 1),
        "server_mb": _first_last(memories),
        "page_heap_mb": _first_last(heaps),
        "server_cpu_share": round(sum(server.cpu_times()[:2]) / (time.time() - server.create_time()), 3),
    }


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _first_last(values: Sequence[float]) -> dict[str, float]:
    """The largest of the first and of the last tenth: what grows shows there."""
    tenth = max(1, len(values) // 10)
    return {
        "first": round(max(values[:tenth]), 1),
        "last": round(max(values[-tenth:]), 1),
        "most": round(max(values), 1),
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=50)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, _clouds.local_cloud() as info:
        keys = _clouds.keys_of(info.endpoint_url)
        environment = os.environ | credentials.environment(info.endpoint_url, "us-east-1", keys)
        line = [str(Path(sys.executable).with_name("shopfast-obs")), "console", "--port", "0"]
        log = Path(folder) / "console.txt"
        with log.open("w") as output:
            process = subprocess.Popen(line, cwd=folder, env=environment, stdout=output, stderr=output)
        try:
            address = _address(log)
            sender = Sender(info.endpoint_url, asked.rate)
            sender.start()
            with sync_playwright() as playwright:
                arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-precise-memory-info"]
                browser = playwright.chromium.launch(executable_path=executable(), args=arguments)
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(address)
                page.wait_for_selector(".entry-open")
                print(json.dumps(measured(page, psutil.Process(process.pid), sender, asked.minutes), indent=2))
                browser.close()
            sender.ended.set()
            sender.join(5)
        finally:
            process.terminate()
            process.wait(20)


def _address(log: Path) -> str:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if found := re.search(r"http://\S+", log.read_text()):
            return found[0]
        time.sleep(0.1)
    raise SystemExit(log.read_text())


if __name__ == "__main__":
    main()
