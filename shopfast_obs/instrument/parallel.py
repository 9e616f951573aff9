"""Many services through the codemods on all cores: LibCST is what takes the time, and each service is on its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence

from shopfast_obs.instrument import service as services
from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.application.service_discovery import Service
from shopfast_obs.instrument.interface import Codemod
from shopfast_obs.instrument.service import FileResult

FEW = 24  # modules; below that another process costs more than it saves
_work: tuple[Sequence[Service], Sequence[Codemod]] = ((), ())  # what the forked processes find in their memory


def instrumented(found: Sequence[Service], codemods: Sequence[Codemod]) -> Iterator[FileResult]:
    """What becomes of each module of the services, in their order."""
    global _work  # noqa: PLW0603 - trees are shared by fork; sending them would cost more than the codemods
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    few = sum(len(service.modules) for service in found) < FEW or len(found) < cores
    if few or cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for service in found:
            with sources.uncollected():
                results = list(services.instrument(service, codemods))
            yield from results
        return
    import libcst  # noqa: F401 - loaded once, before the fork

    _work = (found, codemods)
    with multiprocessing.get_context("fork").Pool(cores) as pool:
        for results in pool.imap(_one, range(len(found)), chunksize=max(1, len(found) // (8 * cores))):
            yield from results
    _work = ((), ())


def _one(index: int) -> list[FileResult]:
    found, codemods = _work
    with sources.uncollected():
        return list(services.instrument(found[index], codemods))
