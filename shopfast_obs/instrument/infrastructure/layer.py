"""Our layers as archives, the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from shopfast_obs import extras
from shopfast_obs.instrument.service import FileResult
from shopfast_obs.model.overlay import Layer
from shopfast_obs.runtime.bundle import contents, opentelemetry

CONTENTS: Mapping[Layer, Callable[[], Iterator[tuple[str, bytes]]]] = {"runtime": contents, "otel": opentelemetry}
EPOCH = (1980, 1, 1, 0, 0, 0)


def result(path: Path, layer: Layer = "runtime") -> FileResult | None:
    """The archive of the layer as a file there; None when it is there already."""
    old, new = path.read_bytes() if path.is_file() else None, archive(layer)
    return None if old == new else FileResult(path, "changed", ("layer",), "", old, new)


def archive(layer: Layer = "runtime") -> bytes:
    """A zip with what the layer has below `python/`: this package's runtime alone, or OpenTelemetry. Raises
    MissingExtraError where that is not installed."""
    try:
        content = list(CONTENTS[layer]())
    except PackageNotFoundError as problem:
        raise extras.error("otel", [problem.name]) from None
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in content:
            info = zipfile.ZipInfo(f"python/{name}", EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, body)
    return data.getvalue()
