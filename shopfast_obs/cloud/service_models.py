"""botocore's models of AWS's services, found and read in less time than it takes itself."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader

# What is read of large answers, by shape: for the rest botocore takes an eighth of a report on 1,000 traces.
READ: Mapping[str, Mapping[str, frozenset[str]]] = {"xray": {"TraceSummary": frozenset({"Id"})}}
ENDINGS = (".json", ".json.gz")


class Models:
    """The `file_loader` of a `Loader` of botocore."""

    def exists(self, path: str) -> bool:
        """True when there is such a file, with one of the endings."""
        return _is_file(f"{path}.json.gz") or _is_file(f"{path}.json")

    def load_file(self, path: str) -> Any:  # noqa: ANN401 - JSON has any type
        """What the file says; None where there is none."""
        for ending in ENDINGS:
            if _is_file(path + ending):
                content = Path(path + ending).read_bytes()
                return orjson.loads(gzip.decompress(content) if ending.endswith("gz") else content)
        return None


class Services:
    """The services that have models of a type, in the place of a `Loader`'s list: whether one is among them is told
    without a look at all 400, which botocore takes three times a client."""

    def __init__(self, loader: Loader, type_name: str) -> None:
        self._loader, self._type = loader, type_name

    def __contains__(self, name: object) -> bool:
        try:
            return bool(self._loader.list_api_versions(name, self._type))
        except DataNotFoundError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(Loader.list_available_services(self._loader, self._type))


class QuickLoader(Loader):  # type: ignore[misc]  # botocore has no types
    """A `Loader` of botocore with `Models` and `Services`."""

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:  # noqa: ANN401
        """The model, without the members of answers that nobody reads."""
        model = super().load_service_model(service_name, type_name, api_version)
        read = READ.get(service_name, {}) if type_name == "service-2" else {}
        shapes = {name: _only(model["shapes"][name], members) for name, members in read.items()}
        return {**model, "shapes": {**model["shapes"], **shapes}} if shapes else model

    def list_available_services(self, type_name: str) -> Services:
        """The services that have models of that type."""
        return Services(self, type_name)


def loader(search_path: str | None) -> QuickLoader:
    """A loader that finds models in these folders, too, as in AWS_DATA_PATH."""
    named = [path for path in (search_path or "").split(os.pathsep) if path]
    folders = [os.path.expanduser(os.path.expandvars(path)) for path in named]  # noqa: PTH111 - as botocore reads them
    return QuickLoader(extra_search_paths=folders, file_loader=Models())


def _only(shape: dict[str, Any], members: frozenset[str]) -> dict[str, Any]:
    return {**shape, "members": {name: said for name, said in shape["members"].items() if name in members}}


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - asked 4,000 times a client; a Path takes four times as long
