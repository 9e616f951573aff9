"""The HTML report as a reader meets it in a browser: nothing runs but its own scripts, everything can be reached."""

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.report.html.conftest import Visit
from tests.report.html.hostile import HOSTILE
from tests.report.html.pages import hostile, page_of, shop

# What our own scripts give a style, through properties that no text reaches.
STYLED = ".chart *, .row *, .row, .rows, .space, .scale span, .moment, .bar-of, .map-frame, .map-tip, .flame, .frame"
KEYS = ("at-a-glance", "over-time", "entry-points", "service-map", "traces", "error-groups", "alarms", "call-patterns")


@pytest.fixture(scope="module")
def shop_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of some minutes of a shop."""
    return page_of(shop(time.time()), tmp_path_factory.mktemp("shop"))


def test_no_hostile_string_is_executed(visit: Visit, tmp_path: Path) -> None:
    """Every string in every place, every waterfall opened, every service chosen: nothing runs, nothing loads."""
    assert len(set(HOSTILE)) >= 100
    page = visit.open(page_of(hostile(time.time(), HOSTILE), tmp_path, "errors"))
    scripts = page.evaluate("document.scripts.length")
    page.evaluate("""async () => {
        const ids = JSON.parse(document.getElementById("data").textContent).traces.id;
        const others = [...document.querySelectorAll("main > section:not(#trace)")];
        others.forEach((one) => { one.hidden = true; });  // laying them out each time is what takes long
        for (const id of ids) {
            location.hash = `#trace/${encodeURIComponent(id)}`;
            await new Promise((done) => setTimeout(done));
            document.querySelectorAll("#trace .row").forEach((row) => row.click());
        }
        others.forEach((one) => { one.hidden = false; });
        const click = () => new MouseEvent("click", { bubbles: true });
        document.querySelectorAll("svg .node").forEach((node) => node.dispatchEvent(click()));
        document.querySelectorAll("main button").forEach((button) => button.click());
    }""")
    page.fill("#search", HOSTILE[0])
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.scripts.length") == scripts
    assert page.locator("img, iframe, object, embed, base, form, video, audio, link").count() == 0
    assert (
        page.evaluate(
            """[...document.querySelectorAll("*")].flatMap((one) => [...one.attributes])
        .filter((one) => /^on|^(src|srcdoc|action|formaction|style)$/.test(one.name) && !one.ownerElement.closest(MINE))
        .map((one) => one.name + "=" + one.value)""".replace("MINE", repr(STYLED))
        )
        == []
    )
    assert page.evaluate("""[...document.links].every((one) => one.getAttribute("href").startsWith("#"))""")
    controls = page.evaluate(
        "/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)"
    )
    assert not controls
    assert [url for url in visit.requests if not url.startswith("file:")] == []
    assert visit.complaints == []


def test_the_policy_forbids_what_is_not_ours(visit: Visit, shop_page: Path) -> None:
    """A script that came in all the same would not run, and nothing could be sent anywhere."""
    page = visit.open(shop_page)
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.pwned = 1";
        document.body.append(script);
        new Image().src = "http://127.0.0.1:9/beacon";
    }""")
    assert page.evaluate("window.pwned") is None
    assert all("Content Security Policy" in complaint for complaint in visit.complaints)
    assert len(visit.complaints) == 2


def test_every_section_is_there_and_says_its_numbers(visit: Visit, shop_page: Path) -> None:
    """Tiles, charts, map, traces, groups of errors with their log line, alarms."""
    page = visit.open(shop_page)
    for key in KEYS:
        assert page.locator(f"section#{key} h2").count() == 1, key
    assert page.locator(".tile dd").first.inner_text().startswith("80")
    assert page.locator("#over-time canvas").count() == 2
    assert page.locator("svg.map .node").count() >= 4
    assert page.locator("#traces tbody tr").count() == 50
    assert "KeyError" in page.locator("article.error-group h3").first.inner_text()
    assert "products-errors" in page.locator("#alarms").inner_text()
    assert visit.complaints == []


def test_traces_are_found_by_words_fields_and_bounds(visit: Visit, shop_page: Path) -> None:
    """The search narrows the list and the error groups, and says how many are left."""
    page = visit.open(shop_page)
    counts = {}
    for query in ("", "outcome:fault", "-failed route:orders", "cold", ">250ms", "nothing-has-this"):
        page.fill("#search", query)
        counts[query] = page.locator("#traces .count").inner_text().partition(" ")[0]
    slow = int(counts.pop(">250ms"))
    assert 0 < slow < 40
    assert counts == {
        "": "80",
        "outcome:fault": "10",
        "-failed route:orders": "40",
        "cold": "4",
        "nothing-has-this": "0",
    }
    assert page.locator("article.error-group:visible").count() == 0


def test_a_waterfall_is_walked_with_the_keyboard(visit: Visit, shop_page: Path) -> None:
    """From the list to the trace, down, closed, opened, and into a part; what is chosen is explained."""
    page = visit.open(shop_page)
    page.locator("#traces a").first.focus()
    page.keyboard.press("Enter")
    rows = page.locator("#trace .rows")
    rows.wait_for()
    rows.focus()
    shown = page.locator("#trace .row").count()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#trace .row").count() == 1
    page.keyboard.press("ArrowRight")
    assert page.locator("#trace .row").count() == shown
    page.keyboard.press("End")
    assert page.locator("#trace .row.active").get_attribute("data-index") == str(shown - 1)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    name = page.locator("#trace .row.active .what").inner_text()
    assert page.locator("#trace .detail h4").inner_text() == name
    active = rows.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert visit.complaints == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")], ids=["light", "dark", "phone"]
)
def test_axe_finds_no_violation(browser: Browser, shop_page: Path, width: int, scheme: str) -> None:
    """Landmarks, names, contrast and roles, with a waterfall open; and no sideways scrolling of the page."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = Visit(context.new_page()).open(shop_page)
    page.locator("#traces a").first.click()
    page.locator("#trace .rows").wait_for()
    page.locator("svg .node").nth(1).focus()
    page.keyboard.press("Enter")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_the_theme_can_be_chosen(visit: Visit, shop_page: Path) -> None:
    """System, dark, light, and around again; the colours follow."""
    page = visit.open(shop_page)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    assert page.evaluate(ground) != light
    page.click("#theme")
    assert page.evaluate(ground) == light
    assert page.locator("#theme").inner_text() == "Theme: light"


def test_tables_need_no_script_and_printing_no_clicks(browser: Browser, shop_page: Path) -> None:
    """Without JavaScript every table is there; on paper whatever was folded is open."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{shop_page}")
    assert page.locator("table.data").count() >= 8
    assert page.locator("#where-the-time-goes svg.stack").count() >= 1
    context.close()
    context = browser.new_context()
    page = Visit(context.new_page()).open(shop_page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#where-the-time-goes details[open]").count() == 0
    context.close()


def test_a_column_is_sorted_by_its_numbers(visit: Visit, shop_page: Path) -> None:
    """Durations by their length, not by their letters."""
    page = visit.open(shop_page)
    page.locator("#what-customers-waited-for th button", has_text="each").click()
    cells = page.locator("#what-customers-waited-for tbody tr td:nth-child(4)").all_inner_texts()
    values = [float(cell.split()[0]) * (1 if cell.endswith(" s") else 1e-3) for cell in cells]
    assert values == sorted(values)


def test_nothing_gives_a_page_that_says_so(visit: Visit, tmp_path: Path) -> None:
    """A window without traces, logs and alarms."""
    from shopfast_obs.testing import FakeCloud

    page = visit.open(page_of(FakeCloud(), tmp_path))
    assert page.locator("h1").inner_text() == "0 traces in the last 1h"
    assert visit.complaints == []
