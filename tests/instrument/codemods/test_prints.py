"""What `print` said, a log call says with its data as fields."""

from dataclasses import replace

import pytest

from shopfast_obs.instrument.application.style import Style
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
        ('print("order:", order)', 'logger.info("order:", order=order)'),
        ('print("order " + str(order))', 'logger.info("order", order=order)'),
        ('print("found", len(items))', 'logger.info("found", items_count=len(items))'),
        ('print("took", clock() - start)', 'logger.info("took", value=clock() - start)'),
        ('print("got", order["id"], order["customer"]["tier"])',
         'logger.info("got", order_id=order["id"], tier=order["customer"]["tier"])'),
        ('print("got", order.get("total"))', 'logger.info("got", total=order.get("total"))'),
        ('print("x", name, message)', 'logger.info("x", name_value=name, message_value=message)'),
        ('print("x", a.id, b.id)', 'logger.info("x", a_id=a.id, b_id=b.id)'),
        ('print("x", make(1), make(2))', 'logger.info("x", make=make(1), make_2=make(2))'),
        ('print("bad", order, file=sys.stderr)', 'logger.info("bad", order=order)'),
        ('print("line\\n")', 'logger.info("line\\n")'),
        ('print("tab\\t:", order)', 'logger.info("tab\\t:", order=order)'),
    ],
)  # fmt: skip
def test_values_behind_a_text_become_fields(before: str, after: str) -> None:
    """The text stays in the message, to the letter; each value is written once."""
    check_transformed(body(before), HEAD + body(after), MODULE, "prints")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('print(f"order={order}")', 'logger.info(f"order={order}")'),
        ('print(f"{order} has {items} items")', 'logger.info(f"{order} has {items} items")'),
        ('print(f"took {ms:.1f} ms")', 'logger.info(f"took {ms:.1f} ms")'),
        ('print("%s of %s" % (order, items))', 'logger.info("%s of %s" % (order, items))'),
        ('print("{} left".format(items))', 'logger.info("{} left".format(items))'),
        ('print("100 % of", order, "done")', 'logger.info("100 %% of %s done", order)'),
        ('print(f"s3://bucket/{order}")', 'logger.info(f"s3://bucket/{order}")'),
        ('print(method, path)', 'logger.info("%s %s", method, path)'),
        ('print(f"{method} {path}")', 'logger.info(f"{method} {path}")'),
        ('print("password", password)', 'logger.info("password %s", password)'),
        ('print("user", event["customer"]["name"])', 'logger.info("user %s", event["customer"]["name"])'),
        ('print("calling with", headers["Authorization"], order)',
         'logger.info("calling with %s %s", headers["Authorization"], order)'),
        ('print("key", api_key)', 'logger.info("key %s", api_key)'),
        ('print("made", {"apiKey": k})', 'logger.info("made %s", {"apiKey": k})'),
        ('print(traceback.format_exc())', 'logger.info("%s", traceback.format_exc())'),
        ('print(boto3.__version__)', 'logger.info("%s", boto3.__version__)'),
        ('print(len(items))', 'logger.info("%s", len(items))'),
    ],
)  # fmt: skip
def test_other_lines_are_the_message_to_the_letter(before: str, after: str) -> None:
    """Where text goes on behind a value, where queries parse it, and where the value looks secret or personal."""
    check_transformed(body(before), HEAD + body(after), MODULE, "prints")


@pytest.mark.parametrize(
    "statement",
    [
        'print(json.dumps({"_aws": {"Timestamp": 1}, "service": "orders", "Orders": 1}))',
        "print(json.dumps(order))",
        "print(json.dumps(order, indent=2), flush=True)",
        'print("Received event: " + json.dumps(order))',
        "print('{\"level\": \"ERROR\"}')",
        'print(f\'{{"level": "ERROR", "code": "{e}"}}\')',
        "print('{\"n\": %d}' % items)",
        "print('{{\"n\": {}}}'.format(items))",
        "print('EVENT {\"n\": 1}')",
        'print("200")',
        "print(order)",
        "print(str(order))",
        "print(response.json())",
        "print(order.model_dump_json())",
        "print(metrics.serialize())",
        "print(render(order))",
        'print(f"{order}")',
        'print(order + items)',
        'print("".join(items))',
        'print(f"[{order}]")',
        "sys.stdout.write(json.dumps(order))",
    ],
)  # fmt: skip
def test_what_may_be_a_machine_s_line_stays(statement: str) -> None:
    """JSON, and a value by itself, which may be JSON: filters, subscriptions and queries read it."""
    check_noop(body(statement), MODULE, "prints")


@pytest.mark.parametrize(
    "source",
    [
        'emf = json.dumps({"_aws": {}})\nprint("emf", emf)\n',
        'def work(order):\n    line: str = json.dumps(order) + "\\n"\n    print("line", line)\n',
        'def line(order):\n    return json.dumps(order)\n\n\ndef work(order):\n    print("line", line(order))\n',
        'def work(order):\n    if (text := json.dumps(order)):\n        print("x", text)\n',
    ],
)
def test_a_name_for_json_is_json(source: str) -> None:
    """A variable, and what a function of the module returns."""
    outcome = check_noop(source, MODULE, "prints")
    assert "may print JSON" in outcome.notes[0].reason


@pytest.mark.parametrize(
    "source", ['logger = Logger(level="ERROR")\n', "logger = Logger()\nlogger.setLevel(os.environ['LEVEL'])\n"]
)
def test_a_print_is_not_put_behind_a_level_that_may_hide_it(source: str) -> None:
    """It was always said."""
    source = f"from aws_lambda_powertools import Logger\n\n{source}\n\ndef work():\n    print('x')\n"
    assert "may hide" in check_noop(source, MODULE, "prints").notes[0].reason


def test_long_lines_and_several_lines_follow_the_project() -> None:
    """A call in several lines stays in several; a line that would be longer than the project's becomes several."""
    context = replace(MODULE, style=Style(length=60, quote='"'))
    check_transformed(
        'def work(order):\n    print(\n        "the order is", order,\n    )\n'
        '    print("a text of thirty letters here:", order)\n',
        HEAD + 'def work(order):\n    logger.info(\n        "the order is",\n        order=order,\n    )\n'
        '    logger.info(\n        "a text of thirty letters here:",\n        order=order,\n    )\n',
        context,
        "prints",
    )


def test_comments_in_a_call_keep_it() -> None:
    """They belong to their arguments."""
    check_noop('def work(x):\n    print(\n        "x",  # why\n        x,\n    )\n', MODULE, "prints")


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


def test_in_an_except_block_nothing_becomes_an_error() -> None:
    """What the exception says is text, and stays in the message."""
    check_transformed(
        """\
def work(order):
    try:
        send(order)
    except KeyError as missing:
        print("no", missing)
    except Exception as e:
        print("failed", order, e.response)
        print(e)
        print(f"failed: {e}")
    print("end", e)
""",
        HEAD
        + """\
def work(order):
    try:
        send(order)
    except KeyError as missing:
        logger.info("no %s", missing)
    except Exception as e:
        logger.info("failed", order=order, response=e.response)
        logger.info("%s", e)
        logger.info(f"failed: {e}")
    logger.info("end", e=e)
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
