"""The text of a module whose statements are partly as they were."""

import libcst as cst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.instrument.application import sources
from shopfast_obs.instrument.edit.source_text import Printer
from shopfast_obs.instrument.engine import transform
from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.registry import selected

PARTS = (
    "# a comment\n",
    "\n",
    "x = 1; y = 2\n",
    "x = '''a\n\n  # no comment\n'''\n",
    "@a\n\n# between\n@b(\n  1\n)\ndef f(a,\n      b):\n    # first\n    return a  # last\n\n    # footer\n",
    "class C: pass\n",
    "if x :\n  y = (1,\n       2)\nelse:\n  pass\n    # deeper\n",
    "z = 1 + \\\n  2\n",
    "async def g(): await f( 1 , 2)\n",
    "try:\n    pass\nexcept* E:\n    pass\n# after\n",
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_statement_between_others_changes_nothing_around(parts: list[str], newline: str, ends: bool) -> None:
    """Wherever a line comes between two statements, the text before it and after it is that of the source."""
    source = "".join(parts).replace("\n", newline)
    source = source if ends else source.rstrip("\r\n")
    module = cst.parse_module(source)
    printer = Printer(module, source, sources.parse(source))
    assert printer.text(module) == source
    new = cst.parse_statement("added = 1", config=module.config_for_parsing)
    for at, statement in enumerate(module.body):
        body = [*module.body[:at], new, *module.body[at:]]
        changed = module.with_changes(body=body)
        assert printer.text(changed) == changed.code
        assert printer.text(changed).replace(f"added = 1{module.default_newline}", "", 1) == source
        assert printer.is_faithful(module.with_changes(body=[s for s in module.body if s is not statement]))


def test_what_libcst_loses_stays_where_nothing_changes() -> None:
    """It prints no form feed that stands before code."""
    source = "\x0cimport os\n\n\ndef handler(event, context):\n    return os\n"
    found = transform(source, ModuleContext(("handler",)), selected(only=["tracer"])).source
    assert found.startswith("\x0cimport os\n")
    assert "@tracer.capture_lambda_handler(capture_response=False)\ndef handler" in found
    lost = source.replace("\x0c", "").replace("def", "\x0cdef")
    assert transform(lost, ModuleContext(("handler",)), selected(only=["tracer"])).source == lost


def test_a_statement_that_libcst_would_print_otherwise_stays() -> None:
    """What is printed again must be what it was but for the change; a statement beside it need not."""
    module = cst.parse_module("x = 1\ny = 2\n")
    lost = module.with_changes(body=[module.body[0].with_changes(leading_lines=[cst.EmptyLine()]), module.body[1]])
    printer = Printer(lost, "x = 1\ny = 2\n", sources.parse("x = 1\ny = 2\n"))
    assert not printer.is_faithful(lost.with_changes(body=lost.body[1:]))


@pytest.mark.parametrize("syntax", ["type X = int\n", "def f[T](a: T):\n    return f'{a['b']}'\n"])
def test_syntax_of_a_newer_python_keeps_its_lines(syntax: str) -> None:
    """The tree that this Python reads has other lines then."""
    source = f'{syntax}\n\ntext = f"""a{{1\n}}"""\n\n\ndef handler(event, context):\n    return  {{}}\n'
    found = transform(source, ModuleContext(("handler",)), selected(only=["tracer"])).source
    assert found.startswith(syntax.rstrip()) or "import Tracer" in found.splitlines()[0]
    assert syntax in found
    assert 'text = f"""a{1\n}"""\n' in found
    assert found.endswith("def handler(event, context):\n    return  {}\n")
