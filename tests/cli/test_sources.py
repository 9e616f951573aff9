"""Which source belongs to which function."""

from __future__ import annotations

from pathlib import Path

from shopfast_obs.cli import sources
from shopfast_obs.model.resources import FUNCTION, Inventory, Resource
from shopfast_obs.settings import Settings


def test_a_function_has_the_source_of_the_folder_that_its_name_names(tmp_path: Path) -> None:
    """The longest name that fits; a function without a folder has none."""
    for name, call in (("orders", "scan"), ("orders-api", "query"), ("empty", "")):
        (tmp_path / "services" / name).mkdir(parents=True)
        (tmp_path / "services" / name / "app.py").write_text(f"table.{call}()\n" if call else "", encoding="utf-8")
    names = ("shop-orders-api", "shop-orders", "other")
    inventory = Inventory("x", tuple(Resource(FUNCTION, name) for name in names))
    found = sources.read(Settings(root=tmp_path, services=("services", "missing")), inventory)
    assert {name: source.calls[0].operation for name, source in found.items()} == {
        "shop-orders-api": "query",
        "shop-orders": "scan",
    }
    assert found["shop-orders"].calls[0].place == "orders/app.py:1"
