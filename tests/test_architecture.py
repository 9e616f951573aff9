"""The rooms of the house import only what the design allows."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "shopfast_obs"
BASE = {"errors", "settings", "confine", "userkey", "ownership", "patterns", "state", "extras", "environments"}
CORE = {"model", "parse", "analysis", "facts", "cloud.interface"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "patterns": set(),
    "extras": {"errors"},
    "environments": {"errors", "settings", "extras"},
    "state": set(),
    "settings": {"errors", "confine"},
    "confine": {"errors"},
    "userkey": {"confine", "settings"},
    "ownership": {"confine", "userkey"},
    "facts": set(),
    "model": set(),
    "parse": {"model", "facts"},
    "analysis": {"model", "facts"},
    "diagnose": CORE,
    "alarms": CORE,
    "instrument": CORE | {"runtime"},  # what the layer ships
    "changes": CORE,
    "report": CORE,
    "workshop": CORE | {"diagnose", "alarms", "instrument", "changes", "report"},
    "console": CORE | {"report"},
    "runtime": set(),
    "constructs": {"model", "parse", "facts", "runtime"},
    "cloud": {"model", "parse", "facts", "cloud.interface"},
    "localcloud": {"model", "parse", "analysis", "facts"},
    "mcp": {"report"},  # starts commands as processes; masks what they give
    "testing": CORE,
    "pytest": CORE | {"cloud", "localcloud", "report"},
}


def room_of(module: str) -> str:
    """The room that a dotted module name belongs to; the cloud's protocols are a room of their own."""
    parts = module.split(".")[1:]
    return "cloud.interface" if parts[:2] == ["cloud", "interface"] else parts[0] if parts else ""


def imported(path: Path) -> set[str]:
    """The modules of this package that a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            base = node.module or ""
            found |= {f"{base}.{alias.name}" for alias in node.names} if base.count(".") < 2 else {base}
    return {name for name in found if name.split(".")[0] == "shopfast_obs"}


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_imports_only_what_its_room_may_use(path: Path) -> None:
    """Data flows one way: a room imports itself, the base and the rooms before it."""
    module = ".".join(("shopfast_obs", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    room = room_of(module)
    if room in ("", "cli"):
        return
    allowed = ALLOWED[room.split(".")[0]] | BASE | {room, room.split(".")[0], "__version__"}
    if room in ("model", "runtime", "errors"):
        allowed -= BASE - {room}
    wrong = {name for name in imported(path) if room_of(name) not in allowed and room_of(name) != ""}
    assert not wrong, f"{module} (room {room!r}) imports {sorted(wrong)}"


def test_every_room_has_a_rule() -> None:
    """A new folder or module at the top must be named here."""
    rooms = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()} - {
        "__init__",
        "cli",
    }
    assert rooms <= set(ALLOWED)


def test_the_places_of_a_strangers_questions_exist() -> None:
    """CONTRIBUTING.md says where things are; a module that moves takes its line along."""
    page = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.split("## Where is it?")[1].split("## Adding")[0]
    places = re.findall(r"\| `([\w/]+\.py)` \|", table)
    assert len(places) >= 25
    assert [place for place in places if not (PACKAGE / place).is_file()] == []


def test_nobody_imports_the_command_line() -> None:
    """cli/ is the outermost room."""
    outside = [p for p in FILES if "cli" not in p.relative_to(PACKAGE).parts[:1]]
    assert not [p for p in outside if any(room_of(name) == "cli" for name in imported(p))]


def rooms_within(folder: Path) -> dict[str, set[str]]:
    """The rooms of a folder, modules beside them included, and the rooms that each imports."""
    before = f"shopfast_obs.{folder.name}."
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        room = path.relative_to(folder).parts[0].removesuffix(".py")
        inside = {name.removeprefix(before).split(".")[0] for name in imported(path) if name.startswith(before)}
        found.setdefault(room, set()).update(inside - {room})
    return found


def test_the_rooms_of_the_analysis_have_no_circle() -> None:
    """A reader can take them one after the other: none needs what needs it."""
    TopologicalSorter(rooms_within(PACKAGE / "analysis")).prepare()


def test_no_rule_knows_the_workshops_application() -> None:
    """Rules are about facts: only workshop/ may name ShopFast's resources."""
    names = ("product-service", "order-service", "inventory-service", "notification-handler", "shopfast-products")
    wrong = [p for p in FILES if "workshop" not in p.parts and any(n in p.read_text(encoding="utf-8") for n in names)]
    assert not wrong
