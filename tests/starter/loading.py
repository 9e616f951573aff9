"""Loads one of ShopFast's services as Lambda does: its folder first on the path, its modules under their flat names."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

STARTER = Path(__file__).parents[2] / "starter"


def service(name: str) -> SimpleNamespace:
    """All modules of the service by name, freshly imported, and gone again from `sys.modules`."""
    folder = STARTER / "services" / name
    names = sorted(path.stem for path in folder.glob("*.py"))
    before = {module: sys.modules.pop(module) for module in names if module in sys.modules}
    sys.path.insert(0, str(folder))
    try:
        return SimpleNamespace(**{module: importlib.import_module(module) for module in names})
    finally:
        sys.path.remove(str(folder))
        for module in names:
            sys.modules.pop(module, None)
        sys.modules.update(before)


def script(name: str) -> ModuleType:
    """One file of the starter as a module."""
    spec = importlib.util.spec_from_file_location(f"starter_{name}", STARTER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
