"""The shop's page: how much script it is, how soon something is seen, what it adds to a deployment."""

from __future__ import annotations

import gzip
import statistics
import tempfile
import time
from pathlib import Path

from shopfast_obs.cloud.deploy import frontend
from shopfast_obs.settings import load
from tests.browser import chromium
from tests.story.conftest import ROOT, Project, copy

RUNS = 5
PAINT = """new Promise((seen) => new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByName("first-contentful-paint")) seen(entry.startTime);
}).observe({ type: "paint", buffered: true }))"""


def main() -> None:
    page = frontend.build(ROOT / "starter" / "frontend", load(ROOT).cache_dir, print)
    assert isinstance(page, frontend.Page), page
    for kind in ("js", "css"):
        size = sum(len(gzip.compress(path.read_bytes())) for path in page.folder.rglob(f"*.{kind}"))
        print(f"{kind}: {size / 1000:.1f} kB compressed")
    with tempfile.TemporaryDirectory() as folder:
        project = copy(Path(folder), page=True)
        try:
            project.run("deploy")
            measure(project)
        finally:
            project.run("cloud stop", code=None)


def measure(project: Project) -> None:
    with_page = statistics.median(deployed(project) for _ in range(RUNS))
    settings = project.folder / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("\nfrontend = ", "\n# frontend = "), encoding="utf-8")
    project.run("deploy")
    without = statistics.median(deployed(project) for _ in range(RUNS))
    settings.write_text(text, encoding="utf-8")
    print(f"deploy without changes: {with_page:.1f} s with the page, {without:.1f} s without it (medians of {RUNS})")
    seen = paints(project.outputs["FrontendUrl"])
    print(f"first content: median {statistics.median(seen):.0f} ms of {', '.join(f'{ms:.0f}' for ms in seen)}")


def deployed(project: Project) -> float:
    began = time.perf_counter()
    project.run("deploy")
    return time.perf_counter() - began


def paints(url: str) -> list[float]:
    """Milliseconds to the first content, each in a browser that knows nothing of the page."""
    seen = []
    with chromium() as browser:
        for _ in range(RUNS):
            context = browser.new_context()
            page = context.new_page()
            page.goto(url)
            seen.append(float(page.evaluate(PAINT)))
            context.close()
    return seen


if __name__ == "__main__":
    main()
