"""Functions whose handler is a coroutine function."""

from __future__ import annotations

from shopfast_obs.diagnose import missing_data
from shopfast_obs.diagnose.context import Context
from shopfast_obs.diagnose.interface import Found, Judgement, Passed, Rule, Undecided
from shopfast_obs.diagnose.property_values import at
from shopfast_obs.model.findings import Evidence, Remedy, Severity
from shopfast_obs.model.resources import FUNCTION, Resource
from shopfast_obs.model.sources import Source

REFUSED = "coroutine is not JSON serializable"


def judge(function: Resource, context: Context) -> Judgement:
    """Found when the function that `Handler` names is an `async def` that nothing makes a plain function."""
    source, handler = context.sources[function.name], at(function, "Handler")
    if not isinstance(handler, str) or "." not in handler:
        return Undecided("its configuration names no handler")
    path, name = _module(source, handler), handler.rpartition(".")[2]
    if not path:
        return Undecided(f"the module of its handler {handler} is not among its sources")
    found = next((c for c in source.coroutines if (c.module, c.name) == (path, name)), None)
    if found is None:
        return Passed(f"its handler {handler} is no coroutine function")
    failed = [failure for failure in context.failures(function) if REFUSED in failure.message]
    evidence = [Evidence("source code", f"async def behind {handler}", found.place, {"line": found.line})]
    if failed:
        last = failed[-1]
        evidence.append(
            Evidence("logs", last.message[:80], f"{last.group} {last.stream}", {"lines": len(failed)}, context.window)
        )
    return Found(
        f"{function.name} never runs its handler {handler}: it is an async def, which Lambda does not await",
        evidence,
        Remedy(f"Rename the coroutine function, and let a plain function {name} return asyncio.run(...) of it."),
        harm=float(len(failed)),
    )


def _module(source: Source, handler: str) -> str:
    """The path of the handler's module among those of the source; empty when it is not there, or not clear."""
    wanted = handler.rpartition(".")[0].replace(".", "/") + ".py"
    inner = {path.partition("/")[2] or path: path for path in source.modules}
    if wanted in inner:
        return inner[wanted]
    ends = [path for path in source.modules if f"/{path}".endswith(f"/{wanted}") or wanted.endswith(f"/{path}")]
    return ends[0] if len(ends) == 1 else ""


RULE = Rule(
    id="lambda-async-handler",
    title="The handler is an async def, which Lambda does not await",
    severity=Severity.CRITICAL,
    types=(FUNCTION,),
    needs=("source code", "configuration"),
    why="Lambda calls the handler and turns what it returns into JSON. Of a coroutine, nothing has run by then, and it "
    "has no JSON: every request fails with `Runtime.MarshalError`.",
    remedy="A plain function as the handler: `def handler(event, context): return asyncio.run(work(event))`.",
    limits="Reads Python sources of the project. A decorator that it does not know may await the coroutine: then it is "
    "silent. An `async def` that is not the handler is fine.",
    judge=judge,
    lacking=missing_data.source,
    cause=REFUSED,
    misleads="Called from a test with `await` or `asyncio.run`, it works.",
)
