"""The page as a viewer meets it in a browser."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from shopfast_obs.console.interface import CheckView, ExerciseView
from shopfast_obs.model.deployments import STACK_EVENTS, Deployment
from shopfast_obs.model.resources import Inventory, Resource
from shopfast_obs.model.telemetry import AlarmStatus, Trace
from shopfast_obs.testing import FakeCloud, function_trace, log_events, report_line
from tests.browser import chromium
from tests.console.served import FakeSurroundings, console
from tests.report.html.hostile import HOSTILE


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with chromium() as found:
        yield found


def request(number: int, *, name: str = "web", fault: bool = False) -> Trace:
    """One request a moment ago."""
    now = time.time()
    return function_trace(
        f"1-{int(now):08x}-{number:024x}", now - 1, name=name, fault=fault, status=502 if fault else 200, init=0.3
    )


def application() -> FakeSurroundings:
    """A function that fails now and then, an alarm that tells of it, and a deployment."""
    now = time.time()
    function = Resource(
        "AWS::Lambda::Function", "web", properties={"FunctionName": "web", "Timeout": 3, "MemorySize": 128}
    )
    lines = [(now - 2, report_line("one", 3000, status="timeout")), (now - 1, report_line("two", 20, init_ms=300))]
    return FakeSurroundings(
        FakeCloud(
            resources=Inventory("fake", (function,)),
            logs={"/aws/lambda/web": log_events("/aws/lambda/web", lines)},
            recorded_traces=(request(1), request(2, fault=True)),
            alarm_statuses=(AlarmStatus("web-errors", "ALARM", "3 datapoints", now), AlarmStatus("web-slow", "OK")),
        ),
        (Deployment(now - 30, "stack web updated", STACK_EVENTS, ("web",)),),
    )


@pytest.fixture
def opened(browser: Browser) -> Iterator[tuple[Page, FakeSurroundings]]:
    """The page with the application on it; it complains of nothing, and asks nobody else."""
    around = application()
    complaints: list[str] = []
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda sent: asked.append(sent.url))
    with console(around) as guard:
        page.goto(guard.address)
        page.wait_for_selector(".entry-open")
        yield page, around
        assert complaints == []
        assert {url.split("/")[2] for url in asked} == {guard.address.split("/")[2]}
        context.close()


def test_the_page_follows_the_application(opened: tuple[Page, FakeSurroundings]) -> None:
    """A request shows by itself; every part is there."""
    page, around = opened
    assert page.locator(".entry-open").count() == 2
    around.fake.recorded_traces = (*around.fake.recorded_traces, request(3, name="other"))
    page.wait_for_selector("text=GET /other")
    page.wait_for_selector("svg.map [data-name='other']")
    assert page.locator(".state.ALARM").inner_text() == "ALARM"
    assert "1 (1 timeout)" in page.locator("[data-part=functions]").inner_text()
    assert "7.2 %" in page.locator("[data-part=functions]").inner_text()
    assert "new since the deployment" in page.locator("[data-part=errors]").inner_text()
    assert "stack web updated" in page.locator("[data-part=deployments]").inner_text()
    assert "3 s · 128 MB" in page.locator("svg.map [data-name='web']").inner_html()


def test_a_request_opens_its_waterfall_by_keyboard_and_closes(opened: tuple[Page, FakeSurroundings]) -> None:
    """And its address can be kept."""
    page, _ = opened
    page.locator(".entry-open").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#trace .row")
    assert "#trace/1-" in page.url
    page.reload()
    page.wait_for_selector("#trace .row")
    page.keyboard.press("Escape")
    assert page.locator("#trace").is_hidden()


def test_a_viewer_acts_on_the_local_cloud(opened: tuple[Page, FakeSurroundings]) -> None:
    """Shoppers begin and end, and alarms are hurried."""
    page, around = opened
    page.fill("form.shoppers input", "4")
    page.click("form.shoppers button[type=submit]")
    page.wait_for_selector("text=mixed at 4 a second")
    page.click("text=Hurry a minute")
    page.click("form.shoppers >> text=Stop")
    page.wait_for_selector("text=/mixed at 0 a second|Nobody is sent/")
    assert around.sent == [("mixed", 4.0), ("mixed", 0.0)]
    assert around.hurried == [60.0]


def test_the_checks_of_an_exercise_tick_by_themselves(opened: tuple[Page, FakeSurroundings]) -> None:
    """Each says what it measured; before an exercise is begun there is no place for one."""
    page, around = opened
    assert page.locator("#exercise").is_hidden()
    checks = (CheckView("nobody-is-killed", "not yet", "3 of 10 were killed."), CheckView("quick", "asks", "It asks."))
    around.exercised = ExerciseView("06-fix", "Fix it", 16, "started", time.time() - 65, None, checks, "See fix.")
    page.wait_for_selector("text=3 of 10 were killed.")
    assert re.search(r"1:\d\d of 16 minutes", page.locator("#exercise").inner_text())
    assert "See fix." in page.locator("#exercise").inner_text()
    around.exercised = replace(around.exercised, checks=(CheckView("nobody-is-killed", "passed", ""), checks[1]))
    page.wait_for_selector("#exercise .state.OK")
    assert page.locator("text=3 of 10 were killed.").count() == 0


def test_holding_still_keeps_what_is_there(opened: tuple[Page, FakeSurroundings]) -> None:
    """Until it is let go."""
    page, around = opened
    page.click("#hold")
    around.fake.recorded_traces = (*around.fake.recorded_traces, request(4, name="later"))
    page.wait_for_timeout(700)
    assert page.locator("text=GET /later").count() == 0
    page.click("#hold")
    page.wait_for_selector("text=GET /later")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (800, "dark"), (390, "light")])
def test_axe_finds_no_violation(opened: tuple[Page, FakeSurroundings], width: int, scheme: str) -> None:
    """At three widths, in light and in dark, with a trace open; and nothing has to be scrolled sideways."""
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.locator(".entry-open").first.click()
    page.wait_for_selector("#trace .row")
    page.wait_for_selector("svg.map")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_that_an_application_says_runs(opened: tuple[Page, FakeSurroundings]) -> None:
    """Names become text."""
    page, around = opened
    hostile = [request(10 + number, name=text) for number, text in enumerate(HOSTILE[:40])]
    around.fake.recorded_traces = tuple(hostile)
    page.locator(".entry-open").nth(39).wait_for()
    assert page.evaluate("window.pwned") is None
    assert page.locator("img, iframe, object, embed, base, video, audio, link").count() == 0
