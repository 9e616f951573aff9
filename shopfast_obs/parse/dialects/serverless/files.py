"""The files that a serverless.yml takes in by `${file(...)}`: YAML, JSON and text; code is left to the framework."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any

from shopfast_obs.errors import UserError

# The text of a file by its path from the folder of the serverless.yml; None where none is there. Raises UserError for
# one that is not opened.
ProjectFiles = Callable[[str], str | None]
CODE = (".js", ".cjs", ".mjs", ".ts")
MOST_CHARACTERS = 5_000_000  # of all of them together
UNKNOWN = object()  # what only the framework, or a deployed account, knows


class Files:
    """The values of the files, each read once."""

    def __init__(self, beside: ProjectFiles | None) -> None:
        self._beside = beside
        self._values: dict[str, Any] = {}
        self._left = MOST_CHARACTERS
        self.reasons: dict[str, str] = {}  # why a file was not read, by its path

    def value(self, path: str) -> Any:  # noqa: ANN401 - what stands in a file
        """What a file holds; None where none is there, UNKNOWN where it cannot be said."""
        name = normpath(path)
        if name not in self._values:
            self._values[name] = self._read(path)
        return self._values[name]

    def _read(self, path: str) -> Any:  # noqa: ANN401
        if PurePosixPath(path).suffix in CODE:
            self.reasons[path] = "it is code, which only the framework runs"
            return UNKNOWN
        if self._beside is None:
            return UNKNOWN
        try:
            text = self._beside(path)
            if text is None:
                self.reasons[path] = "there is no such file"
                return None
            self._left -= len(text)
            if self._left < 0:
                raise UserError(f"The files that it takes in have more than {MOST_CHARACTERS:,} characters.")
            return _parsed(text, path)
        except UserError as problem:
            self.reasons[path] = problem.message.rstrip(".")
            return UNKNOWN


def _parsed(text: str, path: str) -> Any:  # noqa: ANN401
    from shopfast_obs.parse.templates.template_file import read_value

    return read_value(text, path) if path.endswith((".yml", ".yaml", ".json", ".tfstate")) else text
