"""The site as a reader meets it: built without a warning, searched without a server, reached by everybody."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import chromium

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SPHINX = ROOT / ".venv/docs/bin/sphinx-build"
# What somebody looks for, and the page that has to be among the first five.
SEARCHES = {
    "timeout": "docs/reference/rules.html",
    "runtime_boto3": "docs/reference/settings.html",
    "Docker": "docs/guides/without-docker.html",
    "idempotency": "docs/concepts/correlation.html",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does: a warning is an error, and so is a link to nowhere."""
    assert SPHINX.is_file(), "install the generator: make docs"
    out = tmp_path_factory.mktemp("site")
    strict = ["--quiet", "--fail-on-warning", "--keep-going", "--fresh-env"]
    built = subprocess.run(
        [SPHINX, *strict, "-b", "html", "-c", "docs", ".", out], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (built.returncode, built.stderr) == (0, "")
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with chromium() as one:
        yield one


def pages(site: Path, scheme: str) -> list[Path]:
    """Every page but the one that leads to the first; in dark one of each kind, because the colours are theirs."""
    start = {site / "index.html", *(site / "_static").rglob("*.html")}
    chosen = sorted(path for path in site.rglob("*.html") if path not in start)
    dark = ("index.html", "search.html", "evidence.html", "alarms.html", "settings.html", "tutorial.html")
    found = chosen if scheme == "light" else [path for path in chosen if path.name in dark]
    assert len(found) >= (100 if scheme == "light" else len(dark)), "the site was not built whole"
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(site: Path, browser: Browser, scheme: str) -> None:
    """On any page, that of the search included; and nothing is loaded from elsewhere."""
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page, found = context.new_page(), []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in pages(site, scheme):
        page.goto(path.as_uri())
        found += [
            f"{path.relative_to(site)}: {one['id']}: {one['nodes'][0]['html'][:120]}"
            for one in Axe().run(page).response["violations"]
        ]
    assert found == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.mark.parametrize(("word", "wanted"), SEARCHES.items())
def test_the_search_finds_a_page_without_a_server(site: Path, browser: Browser, word: str, wanted: str) -> None:
    """Typed into the field, from file://."""
    page = browser.new_page()
    page.goto((site / "docs/index.html").as_uri())
    assert any(link.endswith(wanted) for link in search(page, word))


def test_the_search_finds_a_page_on_a_server(site: Path, browser: Browser) -> None:
    """The same from loopback, where `make docs-serve` has it; the start page leads there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    page.wait_for_url("**/docs/index.html")
    assert any(link.endswith(SEARCHES["timeout"]) for link in search(page, "timeout"))
    server.shutdown()


def search(page: Page, word: str) -> list[str]:
    """The addresses of the first five results, without their anchors."""
    page.keyboard.press("Control+k")
    field = page.locator("input[name=q]:visible").first
    field.fill(word)
    field.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    page.locator("ul.search li a").first.wait_for()
    page.locator("#search-results .search-summary, #search-results h2").first.wait_for()
    links = page.locator("ul.search > li > a").evaluate_all("(all) => all.map((one) => one.href)")
    return [link.partition("?")[0].partition("#")[0] for link in links[:5]]


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing on stderr."""

    def log_message(self, *said: object) -> None:
        """Nothing."""
