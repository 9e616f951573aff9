"""Thresholds of a comparison, for a check in CI: `p95:+20%`, `errors{POST *}:+1%`, `p99<800ms`, `new-errors`.

A bound on a change fails only when the change is beyond it and no accident; a bound on the value after is taken at its
word, as load testing tools do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Literal

from shopfast_obs.analysis.comparison.compare import Comparison
from shopfast_obs.analysis.comparison.wording import ALPHA
from shopfast_obs.errors import UserError
from shopfast_obs.model.records import record

PRESENCE = {
    "entry-points": "entry point",
    "services": "service",
    "edges": "edge",
    "patterns": "pattern",
    "errors": "error",
}
WORSE, UNDECIDED = "worse", "not-enough-data"
_LATENCY = ("p50", "p90", "p95", "p99")
_UNITS = {"%": 0.01, "ms": 0.001, "s": 1.0, "": 1.0}
_OF = {**dict.fromkeys(_LATENCY, ("%", "ms", "s")), "errors": ("%",), "cold-starts": ("%",), "calls": ("%", ""),
       "critical-path": ("%", "ms", "s")}  # fmt: skip
_SHAPE = re.compile(
    rf"(?P<measure>{'|'.join(_OF)})(\{{(?P<scope>[^}}]*)\}})?(?P<how>:\+|<)(?P<bound>\d+(\.\d+)?)\s*(?P<unit>%|ms|s|)"
)
HINT = (
    "Such as p95:+20%, p95{GET /orders}:+50ms, p99<800ms, errors:+1%, cold-starts:+5%, calls:+1, critical-path:+50ms, "
    f"new-errors, gone-services, {UNDECIDED} or {WORSE}"
)


@record
class Threshold:
    """One bound. `relative` is of what was before; `how` says whether the change or the value after is meant."""

    text: str
    measure: str
    how: Literal["change", "value", "presence"]
    scope: str = "*"
    bound: float = 0.0
    relative: bool = False


@record
class Checked:
    """What became of a threshold: why it failed, and how many rows could be decided and how many could not."""

    threshold: str
    failed: tuple[str, ...]
    decided: int
    undecided: int


@record
class _Row:
    """One thing that a bound is held against; rates are shares, latencies seconds."""

    name: str
    before: float
    after: float
    p: float | None


def threshold(text: str) -> Threshold:
    """The threshold of the text; raises UserError."""
    text = text.strip()
    first, _, rest = text.partition("-")
    if text in (WORSE, UNDECIDED) or (first in ("new", "gone") and rest in PRESENCE):
        return Threshold(text, text, "presence")
    found = _SHAPE.fullmatch(text)
    if found is None or found["unit"] not in _OF[found["measure"]]:
        raise UserError(f"{text!r} is no threshold.", HINT)
    how: Literal["change", "value"] = "value" if found["how"] == "<" else "change"
    # A rate rises by percentage points; a latency below so many per cent would be below nothing.
    relative = found["unit"] == "%" and found["measure"] not in ("errors", "cold-starts")
    if relative and how == "value":
        raise UserError(f"{text!r} is no threshold: per cent of what?", HINT)
    bound = float(found["bound"]) * _UNITS[found["unit"]]
    return Threshold(text, found["measure"], how, found["scope"] or "*", bound, relative)


def units(measure: str) -> tuple[str, ...]:
    """The units that bounds of a measure may have; an empty one for a plain number."""
    return _OF[measure]


def check(found: Comparison, thresholds: Iterable[Threshold]) -> tuple[Checked, ...]:
    """What became of each threshold."""
    return tuple(_bound(found, one) if one.how != "presence" else _presence(found, one) for one in thresholds)


def _presence(found: Comparison, asked: Threshold) -> Checked:
    if asked.measure == WORSE:
        return Checked(asked.text, found.worse, len(found.routes), 0)
    if asked.measure == UNDECIDED:
        told = (*(f"{row.name}: too few requests" for row in found.routes if row.verdict == "not enough data"),)
        empty = tuple(
            f"no traces {name}" for name, count in (("before", found.before), ("after", found.after)) if not count
        )
        return Checked(asked.text, told + empty, 1, 0)
    first, _, rest = asked.measure.partition("-")
    here = [one for one in found.presence if one.kind == PRESENCE[rest] and one.new == (first == "new")]
    return Checked(asked.text, tuple(f"{first} {one.kind}: {one.name}" for one in here), 1, 0)


def _bound(found: Comparison, asked: Threshold) -> Checked:
    failed, undecided = [], 0
    rows = [row for row in _ROWS[asked.measure](found, asked) if fnmatchcase(row.name, asked.scope)]
    for row in rows:
        if asked.how == "value":
            if row.after >= asked.bound:
                failed.append(f"{row.name} is at {_told(row.after, asked)}")
            continue
        if row.p is None:
            undecided += 1
        elif row.p < ALPHA and row.after - row.before > asked.bound * (row.before if asked.relative else 1.0):
            failed.append(f"{row.name} went from {_told(row.before, asked)} to {_told(row.after, asked)}")
    return Checked(asked.text, tuple(failed), len(rows) - undecided, undecided)


def _told(value: float, asked: Threshold) -> str:
    if asked.measure in ("errors", "cold-starts"):
        return f"{value * 100:.1f} %"
    return f"{value:.2f}" if asked.measure == "calls" else f"{value * 1000:.0f} ms"


def _latencies(found: Comparison, asked: Threshold) -> Iterator[_Row]:
    """Routes; what else the scope names."""
    rows = found.routes if asked.scope == "*" else (*found.routes, *found.edges, *found.chains)
    for row in rows:
        one = next(each for each in row.percentiles if each.percentile == asked.measure)
        yield _Row(row.name, one.before, one.after, one.p)


def _errors(found: Comparison, asked: Threshold) -> Iterator[_Row]:
    rows = found.errors if asked.scope == "*" else (*found.errors, *found.edge_errors, *found.chain_errors)
    return (_Row(row.name, _share(row.before), _share(row.after), row.p) for row in rows)


def _cold(found: Comparison, asked: Threshold) -> Iterator[_Row]:
    rows = found.cold_starts if asked.scope == "*" else (*found.cold_starts, *found.waited)
    return (_Row(row.name, _share(row.before), _share(row.after), row.p) for row in rows)


def _share(rate: tuple[int, int]) -> float:
    return rate[0] / rate[1] if rate[1] else 0.0


_ROWS: dict[str, Callable[[Comparison, Threshold], Iterator[_Row]]] = {
    **dict.fromkeys(_LATENCY, _latencies),
    "errors": _errors,
    "cold-starts": _cold,
    "calls": lambda found, _: (_Row(row.name, row.before, row.after, row.p) for row in found.calls),
    "critical-path": lambda found, _: (_Row(row.name, row.before, row.after, row.p) for row in found.critical_path),
}
