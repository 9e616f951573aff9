"""The HTML report in headless Chromium: until 10,000 parts can be scrolled, and how large the file is."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import orjson
from playwright.sync_api import Browser, sync_playwright

from bench.reports import REAL, replicated
from shopfast_obs.analysis.traces.overview.overview import overview
from shopfast_obs.analysis.traces.waterfall import waterfall
from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.parse.traces import documents
from shopfast_obs.report.html.data import embedded, page_data
from shopfast_obs.report.html.document import Page, html
from shopfast_obs.report.html.stacks import stacks
from shopfast_obs.report.html.tiles import tiles
from shopfast_obs.report.html.trace_selection import telling
from shopfast_obs.report.traces import trace_report

RUNS = 5
# Two frames after each change: what the reader sees is then on the screen.
SEEN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"


def main() -> None:
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        print("no Chromium on this machine: apt-get install chromium")
        return
    real = [orjson.loads(file.read_bytes()) for file in sorted(REAL.glob("*.json")) if file.name != "expected.json"]
    many = list(documents.stream([("copies.jsonl", b"\n".join(replicated(real, 10_000)))], []))
    with tempfile.TemporaryDirectory() as folder:
        one = written(Path(folder) / "one.html", [big(10_000)])
        all_ = written(Path(folder) / "many.html", many)
        measure(browser_path, one, f"#trace/{big(2).id}", all_)


def written(file: Path, traces: list[Trace]) -> Path:
    """The page of these traces, with its size told."""
    begun = time.process_time()
    found = overview(traces)
    wanted = set(telling(found))
    data = page_data(found, (waterfall(trace) for trace in traces if trace.id in wanted), errors=False)
    report = trace_report(found, "of the bench")
    text = html(Page(report, "Made by the bench.", tiles(found), stacks(found), (), data))
    size, carried = len(text.encode()) / 1e6, len(embedded(data).encode()) / 1e6
    file.write_text(text, encoding="utf-8")
    count, took = sum(summary.parts for summary in found.traces), time.process_time() - begun
    print(f"{file.stem:5} {len(traces):6,} traces, {count:8,} parts: {size:5.2f} MB, made in {took:.1f} s")
    print(f"{'':5} {size - carried:.2f} MB of it are no data")
    return file


def measure(browser_path: str, one: Path, place: str, many: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, file, at in (("10,000 parts open", one, place), ("10,000 traces listed", many, "")):
            figures = [visited(browser, file, at) for _ in range(RUNS)]
            best = {key: min(figure[key] for figure in figures) for key in figures[0]}
            print(f"{name:21} " + ", ".join(f"{key} {value:.0f} ms" for key, value in best.items()))
        browser.close()


def visited(browser: Browser, file: Path, place: str) -> dict[str, float]:
    """Milliseconds from the start of the navigation until the page answers, and what using it costs."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"file://{file}{place}")
    page.wait_for_selector("html[data-ready]", state="attached")
    found = {"interactive after": page.evaluate(SEEN)}
    acts = {"search": 'document.querySelector("#search").value = "fault"; '
            'document.querySelector("#search").dispatchEvent(new Event("input"))'}  # fmt: skip
    if place:
        acts |= {
            "scroll to the end": 'document.querySelector(".rows").scrollTop = 1e9',
            "collapse all": 'document.querySelectorAll("#trace .tools button")[0].click()',
        }
    for name, act in acts.items():
        before = page.evaluate("performance.now()")
        page.evaluate(f"() => {{ {act} }}")
        found[name] = page.evaluate(SEEN) - before
    page.close()
    return found


def big(parts: int) -> Trace:
    """One trace of so many parts: calls in calls, as an agent or a batch makes them."""
    inner = []
    for number in range(parts // 10):
        start = 1e9 + number * 0.01
        calls = tuple(
            Segment(f"{number:08x}{n:08x}", "DynamoDB", start + n * 1e-3, start + n * 1e-3 + 9e-4, namespace="aws",
                    aws={"operation": "GetItem", "table_name": f"table-{n}"}, annotations={"order": str(number)})
            for n in range(9)
        )  # fmt: skip
        inner.append(Segment(f"s{number:015x}", f"step {number}", start, start + 9.9e-3, subsegments=calls))
    root = Segment("r", "batch", 1e9, 1e9 + parts * 1e-3, origin="AWS::Lambda::Function", subsegments=tuple(inner))
    return Trace("1-3b9aca00-000000000000000000000001", (root,))


if __name__ == "__main__":
    main()
