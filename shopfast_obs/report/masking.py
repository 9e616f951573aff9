"""A report without secrets and personal data, whatever it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from shopfast_obs.analysis.sensitive import Masker
from shopfast_obs.analysis.traces.overview.summaries import Summaries

T = TypeVar("T")


def masked(value: T, masker: Masker | None = None) -> T:
    """The same report, page or document with stand-ins; the same value has the same stand-in everywhere in it, and in
    what else the masker masks."""
    return _masked(value, masker or Masker())  # type: ignore[no-any-return]


def _masked(value: Any, masker: Masker) -> Any:  # noqa: ANN401 - reports are made of many types
    if isinstance(value, str):
        return masker.text(value) if type(value) is str else value  # an enum's value stays
    if names := _names(value.__class__):
        return replace(value, **{name: _masked(getattr(value, name), masker) for name in names})
    if isinstance(value, Mapping):
        return {key: _under(key, item, masker) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(_masked(item, masker) for item in value)
    if isinstance(value, list | tuple):
        return type(value)(_masked(item, masker) for item in value)
    return value.changed(lambda text: _masked(text, masker)) if isinstance(value, Summaries) else value


def _under(name: Any, value: Any, masker: Masker) -> Any:  # noqa: ANN401
    if isinstance(name, str) and type(value) is str:
        return masker.named(name, value)
    return _masked(value, masker)


@cache
def _names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - any class
    """The fields that a dataclass is made from, reckoned once; none of another type."""
    return tuple(field.name for field in fields(kind) if field.init) if is_dataclass(kind) else ()
