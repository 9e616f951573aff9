"""The map, the charts and the waterfall of a page, as a reader sees and moves them."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from shopfast_obs.model.telemetry import Segment, Trace
from shopfast_obs.testing import FakeCloud, function_trace, log_events
from tests.report.html.conftest import Visit
from tests.report.html.pages import page_of, shop, trace_id

LONG = "wildrydes-photo-processing-production-{}-FaceDetectionFunction-KZMWRLCF{}"
BOX = "(one) => { const { x, y, width, height } = one.getBoundingClientRect(); return [x, y, x + width, y + height] }"


def fan_out(now: float) -> FakeCloud:
    """An API that asks ten functions with long names, two of which differ in the middle alone; a cold one first."""
    names = [LONG.format(n if n < 9 else "eu", "" if n < 9 else "XY" * 20) for n in range(9)]
    names += [LONG.format(region, "Z" * 60) for region in ("eu-west-1", "eu-west-2")]
    traces = []
    for number in range(20):
        start = now - 500 + number
        calls = []
        for place, name in enumerate(names):
            begin = start + place * 0.01
            inner = Segment(f"f{number}-{place}", name, begin, begin + 0.3, origin="AWS::Lambda::Function",
                            parent_id=f"c{number}-{place}")  # fmt: skip
            calls.append((Segment(f"c{number}-{place}", "Lambda", begin, begin + 0.3, namespace="aws"), inner))
        api = Segment(f"r{number}", "shop/prod", start, start + 1.0, origin="AWS::ApiGateway::Stage",
                      subsegments=tuple(call for call, _ in calls))  # fmt: skip
        traces.append(Trace(trace_id(start, number), (api, *(inner for _, inner in calls))))
    return FakeCloud(recorded_traces=traces)


def late(now: float) -> FakeCloud:
    """A cold function that answers after 1.6 s, and a notification that goes on for two more."""
    start = now - 100
    told = Segment("t", "tell", start + 1.8, start + 3.6, origin="AWS::Lambda::Function", parent_id="c")
    call = Segment("c", "SNS", start + 1.0, start + 1.1, namespace="aws", aws={"operation": "Publish"})
    service, function = function_trace(trace_id(start, 1), start + 0.4, init=0.5, duration=0.7, calls=[call]).segments
    return FakeCloud(
        recorded_traces=[Trace(trace_id(start, 1), (service._replace(start=start), function, told))],
    )


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a map that is wide and high."""
    return page_of(fan_out(time.time()), tmp_path_factory.mktemp("wide"))


def inside(page: Page) -> bool:
    """True where every service of the map lies in its frame."""
    left, top, right, bottom = page.eval_on_selector(".map-frame", BOX)
    boxes = [node.evaluate(BOX) for node in page.locator("svg.map .node").all()]
    return all(left <= x and top <= y and x2 <= right + 1 and y2 <= bottom + 1 for x, y, x2, y2 in boxes)


@pytest.mark.parametrize("width", [390, 800, 1440])
def test_the_map_fits_whatever_the_width(browser: Browser, wide: Path, width: int) -> None:
    """All services are in sight, also after the window has changed."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = Visit(context.new_page()).open(wide)
    assert page.locator("svg.map .node").count() == 13
    assert inside(page)
    page.set_viewport_size({"width": 600, "height": 900})
    page.wait_for_timeout(100)
    assert inside(page)
    context.close()


def test_the_map_is_zoomed_and_moved_by_every_hand(visit: Visit, wide: Path) -> None:
    """Buttons, keys, wheel and mouse; the page scrolls past a map that nobody chose; a drag chooses nothing."""
    page = visit.open(wide)
    frame = page.locator(".map-frame")
    frame.scroll_into_view_if_needed()
    seen = "document.querySelector('svg.map').getAttribute('viewBox').split(' ').map(Number)"
    whole = page.evaluate(seen)
    page.get_by_role("button", name="Larger").click()
    larger = page.evaluate(seen)
    assert larger[2] < whole[2]
    frame.focus()
    page.keyboard.press("+")
    assert page.evaluate(seen)[2] < larger[2]
    page.keyboard.press("0")
    assert page.evaluate(seen) == whole
    box = frame.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.evaluate("document.activeElement.blur()")
    page.mouse.wheel(0, -20)
    page.wait_for_timeout(50)
    assert page.evaluate(seen) == whole
    frame.focus()
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(50)
    near = page.evaluate(seen)
    assert near[2] < whole[2]
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 20, steps=4)
    page.mouse.up()
    moved = page.evaluate(seen)
    assert moved[:2] != near[:2]
    assert moved[2] == near[2]
    assert page.locator("svg.map.chosen").count() == 0
    assert visit.complaints == []


def test_a_service_tells_its_whole_name_and_no_two_look_alike(visit: Visit, wide: Path) -> None:
    """In two lines, cut where that is too little; the focus and the mouse give the name and its figures."""
    page = visit.open(wide)
    nodes = page.locator("svg.map .node")
    shown = [tuple(node.locator(".label").all_text_contents()) for node in nodes.all()]
    assert all(len(lines) <= 2 for lines in shown)
    assert len(set(shown)) == len(shown)
    long = LONG.format("eu-west-2", "Z" * 60)
    node = page.locator(f"svg.map .node[data-name='{long}']")
    node.focus()
    tip = page.locator(".map-tip").inner_text()
    assert tip.startswith(long)
    assert "p50 300 ms, p95 300 ms" in tip
    assert "20 calls (" in tip
    assert "a minute)" in tip
    widths = nodes.first.evaluate("(one) => one.getBoundingClientRect().width")
    labels = page.locator("svg.map .label").all()
    assert max(label.evaluate("(one) => one.getBoundingClientRect().width") for label in labels) <= widths


def test_a_label_lies_on_its_line(visit: Visit, tmp_path: Path) -> None:
    """The time of a call is not further from its line than it is high."""
    page = visit.open(page_of(shop(time.time()), tmp_path))
    far = page.evaluate("""[...document.querySelectorAll("svg.map .edge")].map((edge) => {
        const path = edge.querySelector("path");
        const label = edge.querySelector("text");
        const [x, y] = [Number(label.getAttribute("x")), Number(label.getAttribute("y")) - 4];
        const steps = [...Array(200).keys()].map((n) => path.getPointAtLength((n / 199) * path.getTotalLength()));
        return Math.min(...steps.map((point) => Math.hypot(point.x - x, point.y - y)));
    })""")
    assert far
    assert max(far) < 10


def test_a_waterfall_shows_the_answer_and_the_cold_start(visit: Visit, tmp_path: Path) -> None:
    """A line where the caller had its answer, a bar for the container, and two rows of one name told apart."""
    page = visit.open(page_of(late(time.time()), tmp_path))
    page.locator("#traces a").first.click()
    page.locator("#trace .rows").wait_for()
    line = page.locator(".moment.answered").evaluate(BOX)
    rows = page.locator("#trace .row").all()
    bars = {row.locator(".what").inner_text(): row.locator(".span").evaluate(BOX) for row in rows}
    assert abs(bars["web"][2] - line[0]) < 6  # both rows called so end with the answer
    assert page.locator(".moment.answered").inner_text() == "answered, 1.60 s"
    assert [tag.inner_text() for tag in page.locator(".row .tag").all()] == ["Lambda", "function", "function"]
    container, init, cold = bars["Container start"], bars["Initialization"], page.locator(".moment.cold").evaluate(BOX)
    assert abs(container[2] - init[0]) < 3
    assert abs(cold[0] - container[0]) < 3
    assert abs(cold[2] - init[2]) < 3
    assert visit.complaints == []


def test_on_a_phone_a_name_stands_above_its_bar(browser: Browser, tmp_path: Path) -> None:
    """It has the width of the page, and the bar begins below it."""
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page = Visit(context.new_page()).open(page_of(late(time.time()), tmp_path))
    page.locator("#traces a").first.click()
    page.locator("#trace .rows").wait_for()
    row = page.locator("#trace .row").first
    boxes = f"(row) => ['.name', '.span'].map((one) => row.querySelector(one)).map({BOX})"  # at once: the page scrolls
    name, bar = row.evaluate(boxes)
    assert bar[1] >= name[3]
    assert name[2] - name[0] > 300
    context.close()


def test_a_time_without_requests_is_a_gap(visit: Visit, tmp_path: Path) -> None:
    """Two bursts an hour apart: no line leads from one to the other."""
    now = time.time()
    starts = [now - 3500 + n for n in range(0, 60, 3)] + [now - 70 + n for n in range(0, 60, 3)]
    traces = [function_trace(trace_id(at, n), at) for n, at in enumerate(starts)]
    page = visit.open(page_of(FakeCloud(recorded_traces=traces), tmp_path))
    painted = page.evaluate("""() => {
        const canvas = document.querySelector("#over-time canvas");
        const { data } = canvas.getContext("2d").getImageData(Math.round(canvas.width / 2) - 3, 0, 7, canvas.height);
        let dark = 0;
        for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] > 128 && data[at] + data[at + 1] + data[at + 2] < 250) dark += 1;
        }
        return dark;
    }""")
    assert painted == 0


def test_the_search_says_its_count_and_enter_leads_to_the_list(visit: Visit, tmp_path: Path) -> None:
    """Beside the box, and the first trace that was found has the focus, in sight."""
    page = visit.open(page_of(shop(time.time()), tmp_path))
    assert page.locator("#search-count").inner_text() == ""
    page.keyboard.press("/")
    page.keyboard.type("outcome:fault")
    assert page.locator("#search-count").inner_text() == "10 of 80"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('#traces tbody a')")
    page.wait_for_function("""() => {
        const { top, bottom } = document.activeElement.getBoundingClientRect();
        return scrollY > 500 && top >= 0 && bottom <= innerHeight;
    }""")
    page.fill("#search", "")
    assert page.locator("#search-count").inner_text() == ""


def test_an_error_group_says_when_and_leaves_nothing_open(visit: Visit, tmp_path: Path) -> None:
    """The trend has its times and its peak; a request without a log group is only its id."""
    page = visit.open(page_of(shop(time.time()), tmp_path, "errors"))
    labels = page.locator("article.error-group figcaption").all_inner_texts()
    assert labels
    assert all(" UTC; at most 1 in 1" in label for label in labels)
    for fact in page.locator("article.error-group dd").all_inner_texts():
        assert not fact.endswith((" in", ":", "()"))


def test_an_error_group_names_its_rule_and_the_page_what_would_help(visit: Visit, tmp_path: Path) -> None:
    """A group of timeouts ends with the rule of diagnose; the loop of calls is a change that is worth trying."""
    now = time.time()
    request = "8f507cfc-1234-4697-b07a-ac58fc914c95"
    cloud = shop(now)
    timeout = [(now - 60, f"2026-01-01T00:00:03.003Z {request} Task timed out after 3.00 seconds")]
    logs = {**cloud.logs, "/aws/lambda/orders": log_events("/aws/lambda/orders", timeout)}
    page = visit.open(page_of(replace(cloud, logs=logs), tmp_path, "errors"))
    group = page.locator("article.error-group", has_text="timed out").first.inner_text()
    assert "diagnose has a rule for it:" in group
    assert "shopfast-obs explain lambda-timeout" in group
    rows = page.locator("#what-would-help tbody tr").all_inner_texts()
    assert any("in batches" in row and "report" not in row.split("\t")[0] for row in rows)
    assert all("shopfast-obs" in row for row in rows)
