"""A real browser, and ShopFast on a local cloud as it sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import urllib3

from tests.browser import chromium
from tests.story.conftest import Project, copy

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""


@dataclass
class Shop:
    """A deployed copy of the project and the address of its page."""

    project: Project
    url: str

    def put(self, table: str, **item: Any) -> None:
        """Put an item into a table, in plain types."""
        from boto3.dynamodb.types import TypeSerializer

        typed = TypeSerializer().serialize
        values = {name: typed(value) for name, value in item.items()}
        self.project.client("dynamodb").put_item(TableName=f"shopfast-{table}", Item=values)

    def pass_on(self, request: Request) -> int:
        """Send a request of the browser in its place; the status of the answer."""
        host = urlsplit(self.url)
        address = f"http://127.0.0.1:{host.port}{urlsplit(request.url).path}"  # only browsers resolve its name
        headers = {**request.headers, "host": host.netloc}
        return int(urllib3.request(request.method, address, body=request.post_data, headers=headers).status)

    def delete(self, product: str) -> None:
        """Take a product out of the catalogue."""
        self.project.client("dynamodb").delete_item(TableName="shopfast-products", Key={"productId": {"S": product}})


@dataclass
class Visitor:
    """Somebody with a browser: the page that is open, and the requests that it has sent."""

    page: Page
    url: str
    requests: list[Request] = field(default_factory=list)

    def heard(self, request: Request) -> None:
        """Remember a request."""
        self.requests.append(request)

    def open(self, path: str) -> None:
        """Go to an address of the shop."""
        self.page.goto(self.url + path)

    def heading(self, name: str | re.Pattern[str]) -> None:
        """Wait for the page with that heading."""
        self.page.get_by_role("heading", level=1, name=name).wait_for()

    def sees(self, words: str | re.Pattern[str], timeout: float = 20_000) -> None:
        """Wait for the words."""
        self.page.get_by_text(words).first.wait_for(timeout=timeout)

    def click(self, name: str, role: Any = "button") -> None:
        """Click the button or link of that name."""
        self.page.get_by_role(role, name=name).first.click()

    def alert(self) -> str:
        """What the first alert says, once there is one."""
        alert = self.page.get_by_role("alert").first
        alert.wait_for(timeout=30_000)
        return str(alert.inner_text())

    def take(self, product: str) -> None:
        """Put one piece of a product into the cart."""
        self.open(f"/item/{product}")
        self.click("Add to cart")
        self.sees("in your cart")

    def buy(self) -> None:
        """Go to the checkout and buy."""
        self.open("/checkout")
        self.click("Buy now")

    def bought(self) -> str:
        """The number of the order whose page is shown."""
        self.page.wait_for_url("**/order/*")
        return str(self.page.url.rsplit("/", 1)[-1])

    def sent(self, method: str, path: str) -> list[Request]:
        """The requests to that path, oldest first."""
        return [r for r in self.requests if r.method == method and path in r.url]

    def accessible(self) -> None:
        """Nothing on the page violates what axe checks, in light and in dark."""
        from axe_playwright_python.sync_playwright import Axe

        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = Axe().run(self.page).response["violations"]
            told = [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in found]
            assert not told, f"{self.page.url} in {scheme}: {json.dumps(told, indent=1)}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, no longer than the module: Playwright keeps an event loop running beside the tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def shop(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """ShopFast, deployed with its page; the tests of a module share it, in order."""
    project = copy(tmp_path_factory.mktemp("shop"), page=True)
    try:
        done = project.json("deploy")
        if done["page"]["outcome"] == "missing":
            pytest.skip(f"the shop was not seen in a browser: {done['page']['reason']}")
        yield Shop(project, project.outputs["FrontendUrl"].rstrip("/"))
    finally:
        project.run("cloud stop", code=None)


@pytest.fixture
def visit(browser: Browser, shop: Shop) -> Iterator[Callable[..., Visitor]]:
    """Begins a visit in a browser of its own; a page that breaks, or breaks its own policy, fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def begin(*, storage: bool = True) -> Visitor:
        context = browser.new_context()
        contexts.append(context)
        if not storage:
            context.add_init_script(NO_STORAGE)
        page = context.new_page()
        visitor = Visitor(page, shop.url)
        page.on("request", visitor.heard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        return visitor

    yield begin
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody who has just opened a browser."""
    return visit()
