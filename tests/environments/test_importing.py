"""A library is lent from its environment when it is first imported, with its own versions of what it needs."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
folder = Path(sys.argv[1])
sys.path[:0] = [sys.argv[2], str(folder / "project")]
from shopfast_obs.environments import importing, making
from shopfast_obs.environments.interface import Environment
made = []
class Ready(Environment):
    packages = folder / "lent"
making.ready = lambda wanted, say: made.append(wanted.name) or say("installing") or Ready(folder)
importing.lend(print)
importing.lend(print)
import needed as before
del sys.modules["needed"]
assert made == []
try:
    import nowhere
except ModuleNotFoundError:
    pass
import samtranslator.inner
import samtranslator
import needed
import untouched
print(made, samtranslator.inner.VALUE, before.VALUE, needed.VALUE, untouched.VALUE)
"""


def test_a_missing_library_is_lent_and_nothing_else(tmp_path: Path) -> None:
    """The project's own version of what it needs does not get in its way; modules that it does not bring stay."""
    for place, names in (("project", ("needed", "untouched")), ("lent", ("needed",))):
        (tmp_path / place).mkdir()
        for name in names:
            (tmp_path / place / f"{name}.py").write_text(f"VALUE = {place!r}\n")
    (tmp_path / "lent/samtranslator").mkdir()
    for name in ("__init__", "inner"):
        (tmp_path / "lent/samtranslator" / f"{name}.py").write_text("VALUE = 'inner'\n")
    info = tmp_path / "lent/thing-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1\n")
    (info / "RECORD").write_text("needed.py,,\nsamtranslator/__init__.py,,\nsamtranslator/inner.py,,\n")
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-S", "-c", PROGRAM, str(tmp_path), root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "installing\n['sam'] inner project lent project\n", done.stderr
