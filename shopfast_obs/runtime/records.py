"""One id per record: a batch mixes the requests of many, and each record's work belongs to its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopfast_obs.runtime import correlation, powertools


class Records(list[Any]):
    """The batch as the list that it was; who walks it works under each record's id in turn.

    Whatever walks it gets that, also a batch processor that the handler gives it to. After the walk, or when it is
    broken off, the batch's own id is back.
    """

    def __iter__(self) -> Iterator[Any]:
        """The records, each with its id made the current one."""
        before = correlation.current_id()
        try:
            for record in super().__iter__():
                switch(correlation.of_record(record) or before)
                yield record
        finally:
            switch(before)


def switch(value: str) -> None:
    """Make the id the current one, for calls and for log lines."""
    if value != correlation.current_id():
        correlation.begin(value)
        powertools.set_correlation_id(value)


def apart(event: Any) -> Any:  # noqa: ANN401 - events have any JSON type
    """The event with a batch that knows its records' ids; the same event where they have one in common."""
    records = event.get("Records") if isinstance(event, Mapping) else None
    if type(records) is not list or len(records) < 2:
        return event
    if len({correlation.of_record(record) for record in records}) < 2:
        return event
    return {**event, "Records": Records(records)}
