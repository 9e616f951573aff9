"""The functions of a group of records."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

from shopfast_obs.analysis.logs.insights.interface import Record, Time, Value, number, text

Read = Callable[[Record], Value]
Aggregate = Callable[[Sequence[Record], Sequence[Read]], Value]


def _numbers(records: Sequence[Record], read: Read) -> list[float]:
    return [found for record in records if (found := number(read(record))) is not None]


def _of_numbers(function: Callable[[list[float]], float]) -> Aggregate:
    def over(records: Sequence[Record], reads: Sequence[Read]) -> Value:
        numbers = _numbers(records, reads[0])
        return function(numbers) if numbers else None

    return over


def _extreme(function: Callable[[Sequence[float]], float]) -> Aggregate:
    def over(records: Sequence[Record], reads: Sequence[Read]) -> Value:
        values = [reads[0](record) for record in records]
        numbers = [found for value in values if (found := number(value)) is not None]
        if not numbers:
            return None
        result = function(numbers)
        return Time(result) if all(isinstance(value, Time) for value in values if value is not None) else result

    return over


def _count(records: Sequence[Record], reads: Sequence[Read]) -> Value:
    if not reads:
        return float(len(records))
    return float(sum(reads[0](record) is not None for record in records))


def _count_distinct(records: Sequence[Record], reads: Sequence[Read]) -> Value:
    return float(len({text(value) for record in records if (value := reads[0](record)) is not None}))


def _percentile(records: Sequence[Record], reads: Sequence[Read]) -> Value:
    numbers = sorted(_numbers(records, reads[0]))
    share = number(reads[1](Record({})))
    if not numbers or share is None or not 0 <= share <= 100:
        return None
    return numbers[max(0, math.ceil(share / 100 * len(numbers)) - 1)]


def _by_time(choose: Callable[..., Record]) -> Aggregate:
    def over(records: Sequence[Record], reads: Sequence[Read]) -> Value:
        having = [record for record in records if reads[0](record) is not None]
        return reads[0](choose(having, key=lambda r: number(r.get("@timestamp")) or 0.0)) if having else None

    return over


def _by_order(last: bool) -> Aggregate:
    def over(records: Sequence[Record], reads: Sequence[Read]) -> Value:
        values = [value for record in records if (value := reads[0](record)) is not None]
        ordered = sorted(values, key=text)
        return ordered[-1 if last else 0] if ordered else None

    return over


# name -> (function, fewest and most arguments)
AGGREGATES: Mapping[str, tuple[Aggregate, int, int]] = {
    "avg": (_of_numbers(statistics.fmean), 1, 1),
    "sum": (_of_numbers(math.fsum), 1, 1),
    "stddev": (_of_numbers(statistics.pstdev), 1, 1),
    "median": (_of_numbers(statistics.median), 1, 1),
    "min": (_extreme(min), 1, 1),
    "max": (_extreme(max), 1, 1),
    "count": (_count, 0, 1),
    "count_distinct": (_count_distinct, 1, 1),
    "pct": (_percentile, 2, 2),
    "percentile": (_percentile, 2, 2),
    "earliest": (_by_time(min), 1, 1),
    "latest": (_by_time(max), 1, 1),
    "sortsfirst": (_by_order(last=False), 1, 1),
    "sortslast": (_by_order(last=True), 1, 1),
}
