"""Exceptions that nobody hears of are logged; those that somebody expected, uses or tells are left alone."""

import pytest

from tests.instrument.helpers import MODULE, check_noop, check_transformed

BEFORE = "def work(x):\n    try:\n        return do(x)\n    except {}\n"
IMPORT = "from observability import logger\n\n\n"
LINE = 'logger.warning("work goes on after an exception", exc_info=True)'


@pytest.mark.parametrize(
    ("block", "changed"),
    [
        ("Exception:\n        pass", f"Exception:\n        {LINE}"),
        ("Exception:\n        # fine\n        pass  # really", f"Exception:\n        # fine\n        {LINE}  # really"),
        ("BaseException as e:\n        return None", f"BaseException as e:\n        {LINE}\n        return None"),
        (":\n        x = 1\n        retry(x)", f":\n        {LINE}\n        x = 1\n        retry(x)"),
    ],
)
def test_a_warning_with_the_trace_comes_first(block: str, changed: str) -> None:
    """Under the function's name; comments stay where they are."""
    before, after = (BEFORE.format(text).replace("except :", "except:") for text in (block, changed))
    check_transformed(before, f"{IMPORT}{after}", MODULE, "swallowed")


@pytest.mark.parametrize(
    "block",
    [
        "ValueError:\n        pass",
        "(Exception, KeyError):\n        pass",
        "Exception as e:\n        return str(e)",
        "Exception:\n        raise",
        "Exception:\n        raise Other() from None",
        "Exception:\n        log.exception('x')",
        "Exception:\n        traceback.print_exc()",
        "Exception:\n        sys.exit(1)",
        "Exception: pass",
    ],
)
def test_what_is_expected_used_or_told_stays(block: str) -> None:
    """Byte for byte; a block in one line has no room."""
    check_noop(BEFORE.format(block), MODULE, "swallowed")


def test_what_a_module_tries_while_it_loads_is_no_request() -> None:
    """There may be no logger yet."""
    check_noop("try:\n    import x\nexcept Exception:\n    x = None\n", MODULE, "swallowed")
