"""The JSON documents that commands print, with the fields of each; from the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generators.markdown import WRITTEN, code, plain, table
from shopfast_obs.report.schema import schema

PRINTED = {
    "diagnosis": "diagnose",
    "traces": "report traces",
    "errors": "report errors",
    "trace": "trace ID",
    "compare": "compare",
    "logs": "logs VALUE",
}


def pages() -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of the page."""
    yield "reference/schemas.md", "\n".join(_page()) + "\n"


def schemas() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The name of each document, the command that prints its schema, and the schema."""
    for name, command in PRINTED.items():
        yield command, f"report schema {name}", schema(name)


def _page() -> Iterator[str]:
    yield from ("# JSON documents", "", WRITTEN, "")
    yield "`--format json` prints one document on stdout and messages on stderr. Times are seconds since 1970, durations seconds. Fields may be added"
    yield "within a version; none is taken away or changes its meaning. A schema is exact: print it with the version that wrote the document."
    yield "`diagnose --print-schema` prints that of `report schema diagnosis`. Commands without a row here print a document without a published schema."
    for name, command, found in schemas():
        properties = found["properties"]
        head = f"`{properties['format']['const']}`, version {properties['version']['const']}"
        yield from (
            "",
            f"## {name} --format json",
            "",
            f"{head}. Its JSON Schema:",
            "",
            "<!-- run -->",
            "```console",
            f"$ shopfast-obs {command}",
            "```",
            "",
        )
        rows = (
            (code(key), _type(value), plain(str(value.get("description", "")))) for key, value in properties.items()
        )
        yield from table(("field", "type", "what it is"), rows)


def _type(value: Mapping[str, Any]) -> str:
    if "const" in value:
        return code(json.dumps(value["const"]))
    if "enum" in value:
        return ", ".join(code(json.dumps(one)) for one in value["enum"])
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if value.get("type") == "array":
        return f"list of {_type(value.get('items', {}))}"
    choices = value.get("anyOf") or value.get("oneOf")
    return " or ".join(_type(one) for one in choices) if choices else str(value.get("type", "any"))
