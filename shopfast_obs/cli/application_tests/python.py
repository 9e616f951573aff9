"""The Python that an application's tests run with, and what they may see of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from shopfast_obs import extras
from shopfast_obs.model.records import record

GUEST = Path(__file__).parent / "guest"
FOLDERS = (".venv", "venv", "env")
# What the instrumented sources import, and what that imports; each is lent to an application that lacks it.
LENT = (
    "aws_lambda_powertools", "aws_xray_sdk", "jmespath", "typing_extensions", "wrapt", "botocore", "dateutil", "six",
    "urllib3", "boto3", "s3transfer",
)  # fmt: skip
HIDDEN = ("AWS_", "SHOPFAST_OBS_", "PYTEST_", "POWERTOOLS_")
ALSO = ("PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "LD_PRELOAD", "SSH_AUTH_SOCK")
SECONDS = 20  # for a Python to start


@record
class Python:
    """An interpreter, and how it was found."""

    path: Path
    source: str


def find(root: Path, environ: Mapping[str, str]) -> Python:
    """The application's own environment, else the active one, else the first `python3` of the PATH, else ours."""
    for folder in (root, *root.parents[:2]):
        for name in FOLDERS:
            if (path := folder / name / "bin" / "python").exists():
                return Python(path, f"{folder.name}/{name}" if folder != root else name)
    active = environ.get("VIRTUAL_ENV") or environ.get("CONDA_PREFIX")
    if active and (path := Path(active) / "bin" / "python").exists() and not _ours(path):
        return Python(path, "the active environment")
    if found := shutil.which("python3", path=environ.get("PATH")):
        return Python(Path(found), "python3 of the PATH")
    return Python(Path(sys.executable), "the Python of shopfast-obs")


def _ours(path: Path) -> bool:
    return path.parent == Path(sys.executable).parent


def has(python: Python, module: str) -> bool:
    """True where the application's Python can import it."""
    return module not in _missing(python, (module,))


def not_lent(python: Python) -> list[str]:
    """What the instrumented sources import, and neither the application's Python nor ours has."""
    return [name for name in _missing(python, LENT[:2]) if not extras.installed(name)]


def lend(python: Python, layer: Path) -> None:
    """Fill a folder with the runtime layer, the files of the proof, and what the application's Python lacks of what
    the layer imports; its own versions of everything else win."""
    from shopfast_obs.runtime.bundle import contents

    layer.mkdir()
    for name, data in contents():
        if name.endswith(".py"):
            (layer / name).parent.mkdir(parents=True, exist_ok=True)
            (layer / name).write_bytes(data)
    for file in GUEST.glob("*.py"):
        if file.name != "__init__.py":
            shutil.copyfile(file, layer / file.name)
    for name in _missing(python, LENT):
        if origin := _origin(name):
            (layer / origin.name).symlink_to(origin)


def _missing(python: Python, names: Sequence[str]) -> Sequence[str]:
    code = f"import importlib.util as u; print(*[n for n in {tuple(names)!r} if u.find_spec(n) is None])"
    try:
        done = subprocess.run(  # noqa: S603 - the application's own Python
            [python.path, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=False, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return done.stdout.split()


def _origin(name: str) -> Path | None:
    import importlib.util

    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def environment(environ: Mapping[str, str], home: Path, paths: Sequence[Path]) -> dict[str, str]:
    """The variables of a run: no account, no proxy, a home of its own; what is not about AWS stays as it is."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(HIDDEN) and name not in ALSO and not name.lower().endswith("_proxy")
    }
    region = {name: environ[name] for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if name in environ}
    own = environ.get("PYTHONPATH", "").split(os.pathsep)
    return {
        **kept,
        "AWS_DEFAULT_REGION": "us-east-1",
        **region,
        "HOME": str(home),
        "PYTHONUSERBASE": environ.get("PYTHONUSERBASE") or str(Path.home() / ".local"),
        "PYTHONPATH": os.pathsep.join(filter(None, (*map(str, paths), *own))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",  # never a real account, whatever a test calls
        "AWS_SECURITY_TOKEN": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
