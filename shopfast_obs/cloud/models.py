"""botocore's models of AWS's services, read by a quicker parser of JSON than its own."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson

ENDINGS = (".json", ".json.gz")


class Models:
    """The `file_loader` of a `Loader` of botocore."""

    def exists(self, path: str) -> bool:
        """True when there is such a file, with one of the endings."""
        return any(Path(path + ending).is_file() for ending in ENDINGS)

    def load_file(self, path: str) -> Any:  # noqa: ANN401 - JSON has any type
        """What the file says; None where there is none."""
        for ending in ENDINGS:
            file = Path(path + ending)
            if file.is_file():
                content = file.read_bytes()
                return orjson.loads(gzip.decompress(content) if ending.endswith("gz") else content)
        return None
