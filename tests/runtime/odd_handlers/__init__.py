"""Handlers that keep, copy, reorder, hand over and look ahead: what each does with its `records`.

The names are those of `batch_runs`: `name`, `text`, `work`, `careful`, `copies`, `texts`.
"""

from tests.runtime.odd_handlers.callbacks import CALLBACKS
from tests.runtime.odd_handlers.concurrency import CONCURRENCY
from tests.runtime.odd_handlers.ordering import ORDERING
from tests.runtime.odd_handlers.state import STATE

IMPORTS = """
import collections, contextvars, dataclasses, heapq, sched, time
from concurrent.futures import as_completed
from functools import cache, partial, reduce, singledispatch, wraps
from itertools import accumulate, groupby, pairwise, starmap, tee

def number(record):
    return int(record["messageId"][1:])

def announced(function):
    @wraps(function)
    def around(record):
        logger.info("enter")
        return function(record)
    return around
"""

HANDLERS = {**STATE, **CALLBACKS, **CONCURRENCY, **ORDERING}
