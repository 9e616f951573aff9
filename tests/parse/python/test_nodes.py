"""The quick walk sees what the standard library's sees."""

import ast
from pathlib import Path

import pytest

from shopfast_obs.parse.python.nodes import nodes, walk

FILES = sorted(Path(__file__).parents[2].glob("shopfast_obs/parse/python_*.py"))
RARE = """
async def of(a, /, b: int = 1, *rest, c, **more) -> None:
    global kept
    async with a as b, c: del b[1:2, ...]
    async for x in a: await x
    match a:
        case {"k": [1, *others], **left} if left: pass
        case Point(x=0) | None as found: raise found from b
    try: yield (y := lambda z: f"{z!r:>{a}}")
    except* (A, B) as wrong: assert wrong, "no"
    while not a < b <= c: continue
    else: a @= -b
"""


@pytest.mark.parametrize("text", [*(f.read_text("utf-8") for f in FILES), RARE], ids=[*(f.name for f in FILES), "rare"])
def test_a_module_has_the_nodes_that_ast_finds_in_the_same_order(text: str) -> None:
    """Of real modules and of rare statements, but for the marks of how a name is used."""
    tree = ast.parse(text)
    expected = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    assert walk(tree) == expected
    assert list(nodes(tree)) == expected
