"""What `print` said, a log call says with its data as fields."""

from __future__ import annotations

import pytest

from tests.instrument.helpers import MODULE, check_noop, check_transformed

HEAD = "from observability import logger\n\n\n"


def body(statement: str) -> str:
    """A function with the statement."""
    return f"def work(order, items, e):\n    {statement}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('print("done")', 'logger.info("done")'),
        ("print('done', flush=True)", "logger.info('done')"),
        ("print(order)", 'logger.info("order", order=order)'),
        ('print("order:", order)', 'logger.info("order", order=order)'),
        ('print(f"order = {order}")', 'logger.info("order", order=order)'),
        ('print("order " + str(order))', 'logger.info("order", order=order)'),
        ('print("event: " + json.dumps(order, indent=2))', 'logger.info("event", order=order)'),
        ('print("found", len(items))', 'logger.info("found", items_count=len(items))'),
        ('print("took", clock() - start)', 'logger.info("took", value=clock() - start)'),
        ('print("got", order["id"], order["customer"]["name"])',
         'logger.info("got", order_id=order["id"], customer_name=order["customer"]["name"])'),
        ('print("got", order.get("total"))', 'logger.info("got", total=order.get("total"))'),
        ('print(f"{order} has {items} items")', 'logger.info(f"{order} has {items} items", order=order, items=items)'),
        ('print(f"took {ms:.1f} ms")', 'logger.info(f"took {ms:.1f} ms", ms=ms)'),
        ('print(f"key {d[\'k\']} of {order}")', 'logger.info(f"key {d[\'k\']} of {order}", k=d["k"], order=order)'),
        ('print("%s of %s" % (order, items))', 'logger.info("%s of %s" % (order, items), order=order, items=items)'),
        ('print("{} left".format(items))', 'logger.info("{} left".format(items), items=items)'),
        ('print("100 % of", order, "done")', 'logger.info("100 %% of %s done", order, order=order)'),
        ('print(f"s3://bucket/{order}")', 'logger.info(f"s3://bucket/{order}", order=order)'),
        ('print("x", name, message)', 'logger.info("x", name_value=name, message_value=message)'),
        ('print("x", a.id, b.id)', 'logger.info("x", a_id=a.id, b_id=b.id)'),
        ('print("x", make(1), make(2))', 'logger.info("x", make=make(1), make_2=make(2))'),
        ('print("bad", order, file=sys.stderr)', 'logger.error("bad", order=order)'),
        ('print(f"{{literal}} {order}")', 'logger.info("{literal}", order=order)'),
        ('print("line\\n")', 'logger.info("line\\n")'),
        ('print("tab\\t:", order)', 'logger.info("tab", order=order)'),
    ],
)  # fmt: skip
def test_print_becomes_a_log_call(before: str, after: str) -> None:
    """A label keeps its message the same from request to request; a sentence keeps its wording."""
    check_transformed(body(before), HEAD + body(after), MODULE, "prints")


@pytest.mark.parametrize(
    "statement",
    [
        'print("part", end="")',
        'print(*items)',
        'print(**order)',
        'print("x", file=report)',
        'print("x", sep="")',
        "print()",
        'print("-----")',
        'x = print("value")',
        "lines = [print(i) for i in items]",
        "show = print",
        'printer("x")',
        'self.print("x")',
        'pprint(order)',
    ],
)  # fmt: skip
def test_what_no_log_call_can_say_is_left_alone(statement: str) -> None:
    """Byte for byte."""
    check_noop(body(statement), MODULE, "prints")


@pytest.mark.parametrize(
    "source",
    [
        'if __name__ == "__main__":\n    print("run")\n',
        'def print(x):\n    pass\n\n\nprint("x")\n',
        '# print("x")\nX = "print(1)"\n',
    ],
)
def test_scripts_own_prints_and_texts_are_left_alone(source: str) -> None:
    """Nobody reads structured logs there."""
    check_noop(source, MODULE, "prints")


def test_in_an_except_block_the_trace_comes_along() -> None:
    """As an error where anything was caught, as a warning where the code expected it."""
    check_transformed(
        """\
def work(order):
    try:
        send(order)
    except KeyError as missing:
        print("no", missing)
    except Exception as e:
        print("failed", order, e)

        def later():
            print("later")
    print("end")
""",
        HEAD
        + """\
def work(order):
    try:
        send(order)
    except KeyError as missing:
        logger.warning("no", error=missing, exc_info=True)
    except Exception as e:
        logger.exception("failed", order=order, error=e)

        def later():
            logger.info("later")
    logger.info("end")
""",
        MODULE,
        "prints",
    )


def test_comments_and_blank_lines_stay() -> None:
    """Only the call changes."""
    check_transformed(
        'import sys\n\n\ndef work(x):\n    # before\n    print("x", x)  # why\n\n    return sys\n',
        "import sys\n\nfrom observability import logger\n\n\n"
        'def work(x):\n    # before\n    logger.info("x", x=x)  # why\n\n    return sys\n',
        MODULE,
        "prints",
    )
