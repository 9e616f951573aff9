"""What went wrong in a trace: the deepest failing parts, and the way from there to the customer."""

from __future__ import annotations

from shopfast_obs.analysis.traces.outcome import Outcome, operation, outcome, resource, route
from shopfast_obs.analysis.traces.tree import TraceTree
from shopfast_obs.model.failures import Failure
from shopfast_obs.model.telemetry import TracedException


def trace_failures(tree: TraceTree) -> tuple[Failure, ...]:
    """Every failure of the trace once: an exception that bubbles up counts where it began. A fault that nothing
    explains is a `server_error` at the deepest part that has it."""
    if not tree.nodes:
        return ()
    outcomes = [outcome(segment) for segment in tree.nodes]
    order = [0]
    for index in order:
        order.extend(tree.children[index])
    below: list[set[tuple[str, str]]] = [set() for _ in tree.nodes]
    broken = [False] * len(tree.nodes)
    found: list[Failure] = []
    for index in reversed(order):  # children before their parents
        parent = tree.parents[index]
        for exception in tree.nodes[index].exceptions:
            key = (exception.type, exception.message)
            if key not in below[index] and outcomes[index] != "ok":
                found.append(_thrown(tree, index, exception, outcomes))
            below[index].add(key)
        if not tree.nodes[index].exceptions and not tree.nodes[index].cause_id and not broken[index]:
            found.extend(_flagged(tree, index, outcomes))
        if parent != -1:
            below[parent] |= below[index]
            broken[parent] = broken[parent] or broken[index] or outcomes[index] != "ok"
    found.reverse()
    return tuple(found)


def _flagged(tree: TraceTree, index: int, outcomes: list[Outcome]) -> list[Failure]:
    """A failing part that says no more than that, below which nothing fails."""
    segment = tree.nodes[index]
    call = f"{segment.name} {operation(segment)}".strip()
    if outcomes[index] == "throttle":
        return [_failure(tree, index, Failure("throttle", "Throttled", call, 0, "", "traces"), outcomes)]
    if outcomes[index] == "fault":
        what = f"{route(segment) or call} failed and no exception says why"
        return [_failure(tree, index, Failure("server_error", "Fault", what, 0, "", "traces"), outcomes)]
    return []


def _thrown(tree: TraceTree, index: int, exception: TracedException, outcomes: list[Outcome]) -> Failure:
    segment = tree.nodes[index]
    kind = "throttle" if segment.throttle else "exception"
    # X-Ray has the innermost frame first, Python prints it last.
    frames = tuple(reversed(exception.stack))
    detail = f"in {segment.name} {operation(segment)} on {resource(segment)}" if operation(segment) else ""
    bare = Failure(kind, exception.type, exception.message, 0, "", "traces", frames=frames, detail=detail)  # type: ignore[arg-type]
    return _failure(tree, index, bare, outcomes)


def _failure(tree: TraceTree, index: int, bare: Failure, outcomes: list[Outcome]) -> Failure:
    """The failure with its place: the service that it happened in, and who waited for that one."""
    way: list[str] = []
    request_id, above = "", index
    while above != -1:
        segment = tree.nodes[above]
        if (segment.origin and not segment.inferred) or tree.parents[above] == -1:
            if not way or way[-1] != segment.name:
                way.append(segment.name)
            told = segment.aws.get("request_id")
            if not request_id and isinstance(told, str) and segment.origin.startswith("AWS::Lambda"):
                request_id = told
        above = tree.parents[above]
    root = tree.nodes[0]
    return Failure(
        bare.kind, bare.type, bare.message, tree.ends[index], way[0], "traces", request_id, tree.trace.id,
        frames=bare.frames, detail=bare.detail, entry_point=route(root) or root.name, way=tuple(way),
        suppressed=outcomes[0] == "ok", user=_user(tree, index),
    )  # fmt: skip


def _user(tree: TraceTree, index: int) -> str:
    """Whom the part worked for: it says so itself, or who called it does."""
    while index != -1:
        if tree.nodes[index].user:
            return tree.nodes[index].user
        index = tree.parents[index]
    return ""
