"""Handlers of every shape that people write: instrumented where Lambda would call them, or left alone with a reason."""

import pytest

from shopfast_obs.instrument.interface import ModuleContext
from shopfast_obs.instrument.removal.remove import removed
from tests.instrument.helpers import check_noop, check_transformed

HANDLER = ModuleContext(handlers=("handler",))
IMPORT = "from shopfast_obs.runtime import observed\n\n"
BEHIND = "\n\n@observed\ndef handler(event, context):\n    return _handler(event, context)\n"
CLASS = "class App:\n    def handler(self, event, context):\n        return 1\n\n\n"


@pytest.mark.parametrize(
    "binding", ["app = App()\n{} = app.handler\n", "{} = App().handler\n", "{}: Callable = App().handler\n"]
)
def test_a_method_is_called_through_a_function_of_the_handler_s_name(binding: str) -> None:
    """An attribute of that name is another's."""
    before, after = (CLASS + binding.format(name) for name in ("handler", "_handler"))
    check_transformed(before, f"{IMPORT}\n{after}{BEHIND}", HANDLER, "runtime")


def test_a_value_that_the_module_reads_elsewhere_stays() -> None:
    """It may not be callable the way a function is."""
    outcome = check_noop("handler = make()\nhandler.add(1)\n", HANDLER, "runtime")
    assert [item.reason for item in outcome.skipped] == ["its value is also used elsewhere in the file"]


def test_a_handler_under_conditions_is_decorated_in_each() -> None:
    """Decorating one of two would leave the other blind without a word."""
    before = "if X:\n    def handler(event, context):\n        pass\nelse:\n    def handler(event, context): ...\n"
    after = IMPORT + before.replace("    def", "    @observed\n    def")
    check_transformed(before, after, HANDLER, "runtime")
    assert removed(after) == before


def test_a_handler_that_is_a_function_here_and_a_value_there_stays() -> None:
    """Half of it would be blind."""
    source = "if X:\n    handler = make()\nelse:\n    def handler(event, context):\n        pass\n"
    outcome = check_noop(source, HANDLER, "runtime")
    assert [item.reason for item in outcome.skipped] == ["it is not a function or a single assignment at the top level"]


def test_a_coroutine_is_decorated_only_where_something_awaits_it() -> None:
    """Lambda itself never does."""
    bare = "async def handler(event, context):\n    return 1\n"
    outcome = check_noop(bare, HANDLER, "runtime")
    assert [item.reason for item in outcome.skipped] == ["it is a coroutine function, which Lambda does not await"]
    check_transformed(f"@run_async\n{bare}", f"{IMPORT}\n@observed\n@run_async\n{bare}", HANDLER, "runtime")
