"""The package of a function with the SDK and the boto3 that it asks for."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from shopfast_obs.runtime.bundle import contents
from tests.durable.instrumented import PYTHON

LEFT_OUT = ("pip", "setuptools", "pkg_resources", "aws_durable_execution_sdk_python_testing", "__pycache__")
LAMBDA = "botocore/data/lambda/"


def archive(*sources: Path) -> bytes:
    """The sources, what they import, and the runtime layer's modules; of the services' models only Lambda's."""
    (site,) = (PYTHON.parents[1] / "lib").glob("python*/site-packages")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compresslevel=1) as package:
        for path in sorted(site.rglob("*")):
            name = path.relative_to(site).as_posix()
            if path.is_file() and _belongs(name):
                package.write(path, name, zipfile.ZIP_DEFLATED)
        for name, content in contents():
            package.writestr(name, content)
        for source in sources:
            package.write(source, source.name)
    return data.getvalue()


def _belongs(name: str) -> bool:
    parts = name.split("/")
    if any(part.startswith(LEFT_OUT) for part in parts):
        return False
    if name.startswith(("botocore/data/", "boto3/data/")) and len(parts) > 3:
        return name.startswith(LAMBDA)
    return True
