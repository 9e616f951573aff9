"""The correlation id of the work at hand: of the request, or of the record that the running code works on.

A request's id is kept in a context variable, which the tasks of asyncio inherit; threads that a request has started
have none, and find the request that is under way: an execution environment has one at a time.
"""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from typing import Any, Protocol

HEADER = "x-correlation-id"
ATTRIBUTE = "correlation_id"  # message attributes, client context, log lines
ALL = "correlation_ids"  # of a batch, in log lines that belong to no single record
KEY = "_correlation_id"  # inside JSON payloads; the underscore keeps it apart from the application's fields
EXECUTION = "_execution"  # what an instrumented workflow definition tells its tasks


class Batch(Protocol):
    """Records with ids of their own."""

    def current(self, said: object = None) -> str:
        """The id of the record that the calling code works on; empty where that is none, or not clear, or where what
        is `said` names another one."""

    def all(self) -> list[str]:
        """The ids of the records, the first few."""

    def restore(self) -> None:
        """Give the event back as it was."""


class Execution(Protocol):
    """A durable execution, whose handler runs again at each resume."""

    arn: str
    root: Any  # the SDK's context of the handler

    def replaying(self) -> bool:
        """Whether the code that asks has run before."""


class Request:
    """What is known of a request while it is handled."""

    __slots__ = ("batch", "context", "execution", "open", "owner", "segment", "value")

    def __init__(self, value: str, context: object = None, owner: object = None) -> None:
        self.value = value  # its own id
        self.context = context  # as given to the handler
        self.owner = owner  # whoever handles it
        self.batch: Batch | None = None  # set where its records have different ids
        self.execution: Execution | None = None  # that it is an invocation of
        self.segment: Any = None  # the X-Ray SDK's, below which stands what is open of it and what was not sent yet
        self.open = False  # True while it is handled


_current: ContextVar[Request | None] = ContextVar("shopfast_obs_request", default=None)
_latest = Request("")


def request() -> Request:
    """The request at hand; one with an empty id outside of any."""
    return _current.get() or _latest


def current_id() -> str:
    """The correlation id of the work at hand: the record's, else the batch's or request's; empty outside of any."""
    return id_of()


def id_of(said: object = None) -> str:
    """The id of the work at hand for what it says: a line, or the parameters of a call."""
    at_hand = request()
    return at_hand.value if at_hand.batch is None else record_id(at_hand, said) or at_hand.value


def record_id(at_hand: Request, said: object = None) -> str:
    """The id of the batch's record that is worked on; empty where that is none, or not certain."""
    if at_hand.batch is not None:
        with suppress(Exception):  # whatever the application's objects do that are looked at
            return at_hand.batch.current(said)
    return ""


def begin(value: str, context: object = None, owner: object = None) -> Request:
    """A request with that id, which is at hand from now on."""
    global _latest  # noqa: PLW0603 - for the threads, which inherit no context
    _latest = Request(value, context, owner)
    _current.set(None)
    return _latest


def enter(begun: Request) -> Token[Request | None]:
    """Handling begins; `leave` takes what is returned."""
    begun.open = True
    return _current.set(begun)


def adopt(begun: Request) -> Token[Request | None]:
    """This thread works for the request, until `give_back`."""
    return _current.set(begun)


def give_back(token: Token[Request | None]) -> None:
    """The thread works for whom it did before."""
    _current.reset(token)


def replaying() -> bool:
    """Whether the code at hand has run before, in an earlier invocation of a durable execution."""
    execution = request().execution
    if execution is not None:
        with suppress(Exception):  # the SDK's own names
            return execution.replaying()
    return False


def leave(begun: Request, token: Token[Request | None]) -> None:
    """Handling has ended; its id stays until the next request, for what still runs of it."""
    begun.open, begun.batch, begun.context = False, None, None
    _current.reset(token)


def outer(context: object) -> Request | None:
    """The request in whose handling a handler is called again: by its own task or thread, or by another thread with the
    same context."""
    own = _current.get()
    if own is not None:
        return own if own.open else None
    return _latest if _latest.open and _latest.context is context else None
