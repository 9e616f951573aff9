"""The values of a file in any form that has values: JSON objects, rows, events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shopfast_obs.parse.saved import aws_command, json_documents, payloads, tables
from shopfast_obs.parse.saved.forms import Form


def values(name: str, content: bytes, form: Form, problems: list[str]) -> Iterator[Any]:
    """The values of a file in UTF-8, in order; none for a form that has none. What could not be read is added to
    `problems`. A CSV's and a table's rows are mappings by column."""
    if form in (Form.JSON_LINES, Form.DOCUMENTS):
        yield from json_documents.values(name, content, problems)
    elif form is Form.YAML:
        yield from aws_command.yaml_values(name, content, problems)
    elif form in _OF_TEXT:
        yield from _OF_TEXT[form](content.decode("utf-8", "replace"))


_OF_TEXT = {
    Form.CSV: tables.csv_rows,
    Form.TABLE: tables.table_rows,
    Form.AWS_TEXT: aws_command.text_values,
    Form.PAYLOADS: payloads.lines,
}
