"""What the source of a function says about the calls that it makes."""

from __future__ import annotations

from collections.abc import Iterator

from shopfast_obs.model.records import record

UNREAD = "unread"


class _Located:
    """Something on a line of a file."""

    __slots__ = ()
    path: str
    line: int

    @property
    def place(self) -> str:
        """`store.py:12`."""
        return f"{self.path}:{self.line}"


@record
class Client(_Located):
    """One AWS client that the source makes. Seconds and attempts are None where the source leaves them to the SDK or to
    a variable (`variable` names what could not be read)."""

    service: str
    path: str
    line: int
    connect: float | None = None
    read: float | None = None
    attempts: int | None = None
    in_function: bool = False  # made anew in each request, though one that was made before would do
    variable: str = ""
    mode: str = ""  # of its retries (`standard`), where its Config says one; UNREAD where a variable does


@record
class Call(_Located):
    """One call of an AWS operation (`put_events`, `publish`, `scan`). `literals` has the arguments and entries that are
    constants, by their API names; `variables` those that are read from the environment, with the variable's name;
    `names` are all that are given at all."""

    operation: str
    path: str
    line: int
    literals: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()
    in_loop: bool = False
    variables: tuple[tuple[str, str], ...] = ()


@record
class Unbounded(_Located):
    """A call (`requests.get`) that waits for an answer for as long as it takes."""

    call: str
    path: str
    line: int


@record
class Coroutine(_Located):
    """A name of a module (by path) that stands for an `async def`, and where that is."""

    module: str
    name: str
    path: str
    line: int


@record
class Replayed(_Located):
    """A call in a durable handler, outside of its steps, that is made again at each resume: it has an effect, or gives
    another value on which something depends."""

    call: str
    path: str
    line: int
    effect: bool


@record
class Durable:
    """A durable handler: its name in the module, what is repeated in it, and the seconds that it waits at least."""

    name: str
    path: str
    line: int = 1
    replayed: tuple[Replayed, ...] = ()
    waits: float = 0.0


@record
class Package:
    """A library of the function's package: its versions as a specifier (`==1.34.0` where it is installed or locked,
    `>=1.26` where a range is asked for, empty for any), and the file that says so."""

    name: str
    versions: str
    place: str


@record
class Source:
    """The modules of one function, read without running them. `modules` are the paths of those that could be read,
    from the folder above the function's; `dumps` are places that log the whole event. `imports` are the modules outside
    of the standard library that an import names (`aws_lambda_powertools.Tracer`), `packages` the SDKs of the package,
    and `sdk` the settings of an AWS configuration file in it (`retry_mode`)."""

    clients: tuple[Client, ...] = ()
    calls: tuple[Call, ...] = ()
    dumps: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    coroutines: tuple[Coroutine, ...] = ()
    unbounded: tuple[Unbounded, ...] = ()
    imports: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    sdk: tuple[tuple[str, str], ...] = ()
    durable: tuple[Durable, ...] = ()

    @property
    def unread(self) -> bool:
        """True when there are modules, and none could be read."""
        return bool(self.problems) and not self.modules

    def of(self, *operations: str) -> Iterator[Call]:
        """The calls of these operations."""
        return (call for call in self.calls if call.operation in operations)
