"""Observations are stored together, by account and region, a moment after they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopfast_obs.localcloud.clock import CloudClock
from shopfast_obs.localcloud.interface import Measurement, Scope
from shopfast_obs.localcloud.observer import Observer

ELSEWHERE = Scope("111122223333", "eu-west-1")


class Book:
    """A Telemetry that keeps what every call brought."""

    def __init__(self) -> None:
        self.calls: list[tuple[Scope, str, Any]] = []
        self.scope = Scope()

    def within(self, scope: Scope) -> Book:
        view = Book()
        view.calls, view.scope = self.calls, scope
        return view

    def put_segments(self, documents: Sequence[Mapping[str, Any]]) -> None:
        self.calls.append((self.scope, "segments", list(documents)))

    def put_metrics(self, measurements: Sequence[Measurement]) -> None:
        self.calls.append((self.scope, "metrics", [m.name for m in measurements]))

    def put_log_events(self, group: str, stream: str, events: Sequence[tuple[float, str]]) -> None:
        if group == "broken":
            raise OSError("no room")
        self.calls.append((self.scope, f"{group} {stream}", [text for _, text in events]))


def test_what_comes_together_is_stored_together() -> None:
    """In the order of each stream."""
    book = Book()
    observer = Observer(book, CloudClock())
    for number in range(3):
        observer.count("N", f"m{number}", {})
        observer.log("g", "s", [(0.0, f"line {number}")])
    observer.segment({"id": "1"})
    observer.flush()
    assert book.calls == [
        (Scope(), "g s", ["line 0", "line 1", "line 2"]),
        (Scope(), "segments", [{"id": "1"}]),
        (Scope(), "metrics", ["m0", "m1", "m2"]),
    ]
    observer.close()


def test_each_region_has_its_own() -> None:
    """Whoever observes says where."""
    book = Book()
    observer = Observer(book, CloudClock())
    observer.within(ELSEWHERE).count("N", "there", {})
    observer.count("N", "here", {})
    observer.close()
    assert sorted(book.calls) == [(Scope(), "metrics", ["here"]), (ELSEWHERE, "metrics", ["there"])]


def test_a_store_that_fails_ends_nothing() -> None:
    """What comes later is stored, and whoever waits is let go."""
    book = Book()
    observer = Observer(book, CloudClock())
    observer.log("broken", "s", [(0.0, "lost")])
    observer.flush()
    observer.log("g", "s", [(0.0, "kept")])
    observer.close()
    assert book.calls == [(Scope(), "g s", ["kept"])]
