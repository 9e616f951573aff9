"""The page gets a script that numbers what a shopper does, and loses it again."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shopfast_obs.changes import engine
from shopfast_obs.constructs.node import executable
from shopfast_obs.instrument import frontend_page
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected
from shopfast_obs.instrument.removal.uninstrument import plan
from shopfast_obs.model.changes import Skipped

SHOP = Path(__file__).parents[2] / "starter" / "frontend"
HTML = '<html>\n  <head>\n    <title>x</title>\n  </head>\n  <body>\n    <script type="module" src="/m.js"></script>\n'

# Enough of a browser for the script; `step` is what the test does in it, and prints as JSON.
BROWSER = """
const heard = [];
let answer = () => new Response("{}", { status: 200 });
globalThis.location = new URL("https://shop.example/cart");
globalThis.document = { currentScript: { dataset: { origins: "https://api.example" } } };
const target = new EventTarget();
globalThis.addEventListener = target.addEventListener.bind(target);
globalThis.XMLHttpRequest = class { open() {} setRequestHeader(name, value) { heard.push(value); } };
globalThis.fetch = async (resource, options = {}) => {
  heard.push(new Headers(options.headers).get("x-correlation-id"));
  return answer();
};
const act = (name) => target.dispatchEvent(new Event(name));
require("vm").runInThisContext(require("fs").readFileSync(process.argv[1], "utf8"));
(async () => console.log(JSON.stringify(await (async () => { STEP })())))();
"""


def run(step: str) -> Any:
    """What a step in the browser returns."""
    script = Path(frontend_page.__file__).with_name(frontend_page.SCRIPT)
    command = [str(executable()), "-e", BROWSER.replace("STEP", step), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A page."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / frontend_page.ENTRY).write_text(HTML)
    (folder / "package.json").write_text("{}")
    return folder


def test_the_script_is_loaded_before_all_others_and_taken_out_exactly(shop: Path, tmp_path: Path) -> None:
    """Once, whatever the number of runs; undo brings the bytes back, and nothing is left of the script."""
    found = for_paths([shop], tmp_path, selected())
    engine.apply(found.plan, tmp_path, tmp_path / ".state")
    assert (shop / frontend_page.ENTRY).read_text() == HTML.replace(
        "    <script type", f"    {frontend_page.TAG}\n    <script type"
    )
    assert (shop / "public" / frontend_page.SCRIPT).is_file()
    assert for_paths([shop], tmp_path, selected()).plan.empty
    engine.undo(tmp_path, tmp_path / ".state")
    assert (shop / frontend_page.ENTRY).read_text() == HTML
    assert not (shop / "public").exists()


def test_without_a_journal_its_marks_tell(shop: Path, tmp_path: Path) -> None:
    """The rest of the page stays as somebody has written it since; a script that somebody changed stays, too."""
    engine.apply(for_paths([shop], tmp_path, selected()).plan, tmp_path, tmp_path / ".state")
    (shop / frontend_page.ENTRY).write_text((shop / frontend_page.ENTRY).read_text() + "<!-- new -->\n")
    found = plan([tmp_path], tmp_path, {}, None)
    engine.apply(found.plan, tmp_path, tmp_path / ".other")
    assert (shop / frontend_page.ENTRY).read_text() == HTML + "<!-- new -->\n"
    assert not (shop / "public" / frontend_page.SCRIPT).exists()
    assert plan([tmp_path], tmp_path, {}, None).plan.empty


def test_a_page_of_another_kind_is_left_alone(shop: Path, tmp_path: Path) -> None:
    """No script and no head to put it into; a folder without an npm project; codemods without the runtime."""
    assert frontend_page.loading("<p>hello</p>") == Skipped(
        "index.html", "it has neither a script nor a head on a line of its own"
    )
    assert frontend_page.loading("<head>\r\n</head>\r\n", "\r\n") == f"<head>\r\n{frontend_page.TAG}\r\n</head>\r\n"
    assert for_paths([shop], tmp_path, selected(only=("logger",))).plan.empty
    (shop / "package.json").unlink()
    assert not frontend_page.is_page(shop)


def test_shopfasts_page_is_blind_and_can_be_given_sight() -> None:
    """Nothing of it is in the starter."""
    assert frontend_page.is_page(SHOP)
    assert frontend_page.SCRIPT not in (SHOP / frontend_page.ENTRY).read_text()
    assert {result.status for result in frontend_page.instrument(SHOP)} == {"changed"}


def test_one_action_is_one_number() -> None:
    """All requests that follow from a click have its number, those after the next one another."""
    step = 'await fetch("/a"); await fetch("/b"); act("click"); await fetch("/c"); await fetch("/d"); return heard;'
    first, second, third, fourth = run(step)
    assert first == second != third == fourth
    assert len(first) == 32


def test_other_hosts_get_no_number_but_those_that_are_named() -> None:
    """A header that a stranger does not expect would fail the request in the browser."""
    step = """await fetch("https://other.example/a"); await fetch("https://api.example/a");
      await fetch(new Request("https://shop.example/b")); new XMLHttpRequest().open("GET", "/c");
      new XMLHttpRequest().open("GET", "https://other.example/c");
      await fetch("/mine", { headers: { "X-Correlation-Id": "own" } }); return heard;"""
    other, api, request, classic, own = run(step)
    assert (other, own) == (None, "own")
    assert api == request == classic != ""


def test_what_fails_brings_its_number() -> None:
    """In the answer's headers, unless a service has put its own there; in the error where no answer came."""
    step = """const number = async (response) => (await response).headers.get("x-correlation-id");
      const good = await number(fetch("/a"));
      answer = () => new Response("no", { status: 502 });
      const bad = await fetch("/b"); const text = await bad.text();
      answer = () => new Response("no", { status: 500, headers: { "x-correlation-id": "theirs" } });
      const theirs = await number(fetch("/c"));
      answer = () => { throw new TypeError("failed"); };
      const error = await fetch("/d").catch((error) => error);
      return [good, bad.headers.get("x-correlation-id"), text, theirs, error.correlationId, heard[0]];"""
    good, bad, text, theirs, error, sent = run(step)
    assert good is None
    assert bad == error == sent
    assert (text, theirs) == ("no", "theirs")
