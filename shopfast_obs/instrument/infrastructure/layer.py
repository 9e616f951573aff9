"""The runtime layer as an archive, the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from shopfast_obs.instrument.service import FileResult
from shopfast_obs.runtime.bundle import contents

EPOCH = (1980, 1, 1, 0, 0, 0)


def result(path: Path) -> FileResult | None:
    """The archive as a file there; None when it is there already."""
    old, new = path.read_bytes() if path.is_file() else None, archive()
    return None if old == new else FileResult(path, "changed", ("layer",), "", old, new)


def archive() -> bytes:
    """A zip with this package's runtime below `python/`, and nothing else of it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in contents():
            info = zipfile.ZipInfo(f"python/{name}", EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return data.getvalue()
