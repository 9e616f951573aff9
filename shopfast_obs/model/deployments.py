"""When what runs became another version, and how that is known."""

from __future__ import annotations

from shopfast_obs.model.records import record
from shopfast_obs.model.resources import Gap

JOURNAL = "journal"
STACK_EVENTS = "CloudFormation events"
LAST_MODIFIED = "LastModified of functions"
LOG_LINES = "log lines"


@record
class Deployment:
    """One change of what runs. `began` is when the first function changed, `time` from when on all of them had; `names`
    are the changed functions. `what` happened is a noun phrase, `source` says how that is known. `carries` are the
    changes of the journal that it brought, `fix 0003`; a `new` one made its functions, and nothing was before it."""

    time: float
    what: str
    source: str
    names: tuple[str, ...] = ()
    began: float = 0.0
    carries: tuple[str, ...] = ()
    new: bool = False

    @property
    def first(self) -> float:
        """The last moment at which everything was as before."""
        return self.began or self.time


@record
class Modified:
    """One function and when its code or configuration was changed last, as Lambda says."""

    name: str
    time: float


@record
class ChangedResource:
    """One resource of a stack that an operation changed: its function's name, from when until when; `function` is False
    for a version or an alias of it."""

    name: str
    began: float
    done: float
    function: bool = True


@record
class StackOperation:
    """One creation or update of a stack, by its events: its last status, and what it touched."""

    stack: str
    status: str
    began: float
    ended: float
    touched: tuple[ChangedResource, ...] = ()


@record
class Recorded:
    """What a cloud has recorded of deployments: the last change of each function, operations of stacks since a time,
    and what could not be read."""

    functions: tuple[Modified, ...] = ()
    operations: tuple[StackOperation, ...] = ()
    gaps: tuple[Gap, ...] = ()
