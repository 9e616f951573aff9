"""The workshop's application, instrumented: it still does what its own tests say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from shopfast_obs.changes import engine
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected

ROOT = Path(__file__).parents[2]
TESTS = ("test_product_service.py", "test_order_work.py", "test_notification_handler.py")


def copy(target: Path) -> Path:
    """The starter and its tests; returns the folder of the services."""
    ignore = shutil.ignore_patterns("__pycache__", "frontend")
    shutil.copytree(ROOT / "starter", target / "starter", ignore=ignore)
    shutil.copytree(ROOT / "tests" / "starter", target / "tests" / "starter", ignore=ignore)
    (target / "tests" / "__init__.py").touch()
    return target / "starter" / "services"


def test_instrumented_services_pass_their_tests_and_come_back_byte_for_byte(tmp_path: Path) -> None:
    """With real Powertools; without correlation, whose attribute on messages those tests would not expect."""
    services = copy(tmp_path)
    before = {path: path.read_bytes() for path in services.rglob("*.py")}
    found = for_paths([services], tmp_path, selected())
    assert {f.status for f in found.files} == {"changed", "unchanged"}
    engine.apply(found.plan, tmp_path, tmp_path / "state")
    assert for_paths([services], tmp_path, selected()).plan.empty
    assert not [path for path in services.rglob("*.py") if "print(" in path.read_text()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        + [f"tests/starter/{name}" for name in TESTS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SHOPFAST_OBS_CORRELATION": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    engine.undo(tmp_path, tmp_path / "state")
    assert {path: path.read_bytes() for path in services.rglob("*.py")} == before
