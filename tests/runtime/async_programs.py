"""Random programs of tasks and threads: a tree of parts, and for each how it runs those inside of it."""

from dataclasses import dataclass

from hypothesis import strategies as st

ASYNC_MODES = (
    "sequence",
    "gather",
    "gather, errors returned",
    "tasks",
    "group",
    "not awaited",
    "cancelled",
    "wait_for",
    "to_thread",
    "executor",
    "call",
)
SYNC_MODES = ("sequence", "pool", "pool, one thread", "thread", "thread, not joined", "loop")
MOST_PARTS = 12


@dataclass(frozen=True)
class Part:
    """A part of a program: what it waits for before and after, how it runs its children, and whether it fails."""

    mode: str
    children: tuple["Part", ...] = ()
    steps: int = 0  # turns of the event loop before the children
    after: int = 0
    fails: bool = False
    decorated: bool = False  # by Powertools' tracer, else by the SDK's own context manager


ROWS = st.lists(
    st.tuples(
        st.integers(0, MOST_PARTS),  # which of the parts before it is its parent
        st.sampled_from(sorted({*ASYNC_MODES, *SYNC_MODES})),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 3),  # 3: it fails
        st.booleans(),
    ),
    min_size=2,
    max_size=MOST_PARTS,
)


def programs() -> st.SearchStrategy[Part]:
    """A part with others inside, and others in them."""
    return ROWS.map(_planted)


def _planted(rows: list[tuple[int, str, int, int, int, bool]]) -> Part:
    inside: dict[int, list[int]] = {number: [] for number in range(len(rows))}
    for number, row in enumerate(rows[1:], 1):
        inside[row[0] % number].append(number)

    def grown(number: int) -> Part:
        _, mode, steps, after, fate, decorated = rows[number]
        return Part(mode, tuple(grown(child) for child in inside[number]), steps, after, fate == 3, decorated)

    return grown(0)


def mode_of(part: Part, *, asynchronous: bool) -> str:
    """How the part runs its children in a task, or in a thread: a mode of the other kind stands for one of this."""
    modes = ASYNC_MODES if asynchronous else SYNC_MODES
    return part.mode if part.mode in modes else modes[len(part.mode) % len(modes)]


class PartError(Exception):
    """What a part fails with."""


@dataclass
class Truth:
    """What a program did, told by itself."""

    parents: dict[str, str]
    failed: set[str]
    cancelled: set[str]


def named(part: Part, name: str = "part") -> list[tuple[str, Part]]:
    """The children with names of their own."""
    return [(f"{name}.{number}", child) for number, child in enumerate(part.children)]
