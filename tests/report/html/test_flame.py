"""The flame graph of a page: its data, its table, and the picture that a reader zooms into."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page

from shopfast_obs.analysis.traces.call_paths import call_paths
from shopfast_obs.model.telemetry import Segment
from shopfast_obs.report.html.flame import MOST, flame, flame_section
from shopfast_obs.testing import FakeCloud, function_trace
from tests.report.html.conftest import Visit
from tests.report.html.pages import page_of, shop


@pytest.fixture(scope="module")
def shop_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of some minutes of a shop."""
    return page_of(shop(time.time()), tmp_path_factory.mktemp("flame"))


def frame(page: Page, name: str) -> str:
    """The selector of the first frame with a name."""
    found = page.locator(".frame", has_text=name).first.get_attribute("id")
    return f"#{found}"


def width(page: Page, selector: str) -> float:
    """The width of a frame as a share of the graph's."""
    return float(page.eval_on_selector(selector, "(one) => one.offsetWidth / one.parentElement.offsetWidth"))


def test_columns_and_table_say_the_same() -> None:
    """One entry a frame in each column, names once; the table has the longest first, and shares of all waiting."""
    paths = call_paths([function_trace(f"1-{n}", n, init=0.5, duration=1.0) for n in range(4)])
    columns = flame(paths)
    assert {len(columns[name]) for name in ("depth", "name", "kind", "category", "count", "waited", "worked")} == {
        5 + 1
    }
    assert sum(columns["waited"]) == 6_000_000
    assert len(set(columns["names"])) == len(columns["names"])
    assert [columns["names"][number] for number in columns["kind"]].count("function") == 1
    rows = flame_section(paths).rows
    assert rows[0][0] == "GET /web > web > Invocation"
    assert rows[0][2:] == ("4", "3.96 s", "3.96 s", "66 %")
    assert flame_section(()).rows == ()


def test_the_page_carries_no_more_frames_than_it_can_show() -> None:
    """Thousands of paths are some hundred frames, and a few kilobytes."""
    traces = [
        function_trace(f"1-{n}", n, name=f"f{n}", calls=[Segment(f"c{n}", f"t{n}", n, n + 0.1, namespace="remote")])
        for n in range(1500)
    ]
    assert len(flame(call_paths(traces, MOST))["depth"]) <= 2 * MOST


def test_a_click_zooms_and_escape_goes_back(visit: Visit, shop_page: Path) -> None:
    """The frame and the way to it are as wide as the graph; beside it nothing is left."""
    page = visit.open(shop_page)
    orders = frame(page, "GET /orders")
    before = width(page, orders)
    assert 0.3 < before < 0.7
    page.click(orders)
    assert width(page, orders) > 0.99
    assert page.locator(".frame", has_text="GET /products").count() == 0
    about = page.locator(".flame-about").inner_text()
    assert about.startswith("GET /orders")
    assert "40 parts" in about
    page.locator(".flame").press("Escape")
    assert width(page, orders) == pytest.approx(before, abs=0.01)
    assert visit.complaints == []


def test_it_is_walked_with_the_keyboard(visit: Visit, shop_page: Path) -> None:
    """Down, sideways and up, into a frame and out; a screen reader hears where it is."""
    page = visit.open(shop_page)
    graph = page.locator(".flame")
    graph.focus()
    names = []
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        active = graph.get_attribute("aria-activedescendant")
        names.append(str(page.locator(f"#{active}").get_attribute("aria-label")).split(",")[0])
        assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    first, second = names[0], names[1]
    assert {first, second} == {"GET /orders", "GET /products"}
    assert names[2] in {"orders (Lambda)", "products (Lambda)"}
    assert names[3:] == [second, first, "All traces"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".frame", has_text=second).count() == 0
    assert page.locator("#announcements").inner_text() == f"Showing {first}"


def test_the_search_marks_frames_and_says_their_share(visit: Visit, shop_page: Path) -> None:
    """Of all frames that are shown; what lies within one that was found counts once."""
    page = visit.open(shop_page)
    page.fill("#flame-graph input[type=search]", "get")
    assert page.locator(".frame.hit").count() >= 4  # two routes, and the calls within them
    assert page.locator("#flame-graph .count").inner_text().endswith(", 100 % of the time")
    page.fill("#flame-graph input[type=search]", "initialization")
    assert page.locator(".frame.hit").count() >= 1
    assert page.locator(".frame.miss").count() > page.locator(".frame.hit").count()


def test_the_other_measure_has_asynchronous_work(visit: Visit, tmp_path: Path) -> None:
    """A notification that nobody waited for is a frame of all work alone."""
    start = time.time() - 100
    told = Segment("t", "tell", start + 2, start + 10, origin="AWS::Lambda::Function", parent_id="1-a-0function00")
    trace = function_trace("1-a-0", start, duration=1.0)
    told = told._replace(parent_id=trace.segments[1].id)
    trace = type(trace)("1-5e34a614-10bd1234f1fb44f07bc535a1", (*trace.segments, told))
    page = visit.open(page_of(FakeCloud(recorded_traces=[trace]), tmp_path))
    assert page.locator(".frame", has_text="tell").count() == 0
    page.select_option("#flame-graph select", "worked")
    assert width(page, frame(page, "tell")) > 0.8


def test_without_scripts_there_is_the_table(visit: Visit, shop_page: Path) -> None:
    """The longest paths, with their shares."""
    page = visit.open(shop_page)
    page.locator("#flame-graph summary").click()
    assert "GET /orders > orders > Invocation" in page.locator("#flame-graph tbody").inner_text()
