"""The runtime layer as an archive, the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

from shopfast_obs.instrument.service import FileResult

PACKAGE = "shopfast_obs"
EPOCH = (1980, 1, 1, 0, 0, 0)


def result(path: Path) -> FileResult | None:
    """The archive as a file there; None when it is there already."""
    old, new = path.read_bytes() if path.is_file() else None, archive()
    return None if old == new else FileResult(path, "changed", ("layer",), "", old, new)


def archive() -> bytes:
    """A zip with this package's runtime below `python/`, and nothing else of it."""
    spec = find_spec(PACKAGE)
    assert spec is not None and spec.submodule_search_locations
    source = Path(spec.submodule_search_locations[0])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for path in (source / "__init__.py", *sorted((source / "runtime").rglob("*.py"))):
            info = zipfile.ZipInfo(f"python/{PACKAGE}/{path.relative_to(source).as_posix()}", EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, path.read_bytes())
    return data.getvalue()
