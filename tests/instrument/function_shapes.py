"""Handlers that are functions: a source and the names that Lambda may call. Each answers with its event."""

SHAPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "sync": (
        """\
def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "annotated": (
        """\
from typing import Any
def lambda_handler(event: dict[str, Any], context: Any) -> dict:
    return event
""",
        ("lambda_handler",),
    ),
    "defaults": (
        """\
def lambda_handler(event=None, context=None):
    return event
""",
        ("lambda_handler",),
    ),
    "third_default": (
        """\
def lambda_handler(event, context, table=None):
    return event
""",
        ("lambda_handler",),
    ),
    "star_args": (
        """\
def lambda_handler(*args):
    return args[0]
""",
        ("lambda_handler",),
    ),
    "star_kwargs": (
        """\
def lambda_handler(event, context, **kwargs):
    return event
""",
        ("lambda_handler",),
    ),
    "event_only_star": (
        """\
def lambda_handler(event, *_):
    return event
""",
        ("lambda_handler",),
    ),
    "posonly": (
        """\
def lambda_handler(event, context, /):
    return event
""",
        ("lambda_handler",),
    ),
    "kwonly_default": (
        """\
def lambda_handler(event, context, *, x=1):
    return event
""",
        ("lambda_handler",),
    ),
    "named_handler": (
        """\
def handler(event, context):
    return event
""",
        ("handler",),
    ),
    "named_main": (
        """\
def main(event, context):
    return event
""",
        ("main",),
    ),
    "underscored": (
        """\
def process(_event, _context):
    return _event
""",
        ("process",),
    ),
    "async": (
        """\
async def lambda_handler(event, context):
    return event
""",
        (),
    ),
    "async_run": (
        """\
import asyncio
async def work(event, context):
    return event
def lambda_handler(event, context):
    return asyncio.run(work(event, context))
""",
        ("lambda_handler",),
    ),
    "async_decorated": (
        """\
import asyncio
def sync(f):
    def w(event, context):
        return asyncio.run(f(event, context))
    return w
@sync
async def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "deco_no_args": (
        """\
def deco(f):
    def w(event, context):
        return f(event, context)
    return w
@deco
def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "deco_args": (
        """\
def deco(n):
    def d(f):
        def w(event, context):
            return f(event, context)
        return w
    return d
@deco(3)
def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "if_else": (
        """\
import os
if os.environ.get('X'):
    def lambda_handler(event, context):
        return 1
else:
    def lambda_handler(event, context):
        return event
""",
        ("lambda_handler",),
    ),
    "try_import": (
        """\
try:
    import nothing_here
    def lambda_handler(event, context):
        return 1
except ImportError:
    def lambda_handler(event, context):
        return event
""",
        ("lambda_handler",),
    ),
    "two_in_file": (
        """\
def create(event, context):
    return event
def delete(event, context):
    return event
""",
        ("create", "delete"),
    ),
    "redefined": (
        """\
def lambda_handler(event, context):
    return 1
def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "one_line": (
        """\
def lambda_handler(event, context): return event
""",
        ("lambda_handler",),
    ),
    "nested_tuple": (
        """\
def f(event, context):
    return event
handler, other = f, 1
""",
        (),
    ),
    "global_cache": (
        """\
CACHE = {}
def lambda_handler(event, context):
    global CACHE
    CACHE = event
    return CACHE
""",
        ("lambda_handler",),
    ),
    "lambda_handler_in_with": (
        """\
import contextlib
with contextlib.suppress(Exception):
    def lambda_handler(event, context):
        return event
""",
        ("lambda_handler",),
    ),
    "request_ctx": (
        """\
def api(request, context):
    return request
""",
        (),
    ),
    "singledispatch": (
        """\
import functools
@functools.singledispatch
def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "lru": (
        """\
import functools
@functools.wraps(print)
def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "del": (
        """\
def lambda_handler(event, context):
    return event
del lambda_handler
def handler(event, context):
    return event
""",
        ("handler",),
    ),
}
