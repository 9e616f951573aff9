"""Handlers by convention, from source alone."""

import ast

import pytest

from shopfast_obs.instrument.application import handler_discovery

FOUND = {
    "def lambda_handler(event, context): ...": ("lambda_handler",),
    "def lambda_handler(a, b): ...": ("lambda_handler",),
    "def lambda_handler(event, context, extra=None): ...": ("lambda_handler",),
    "def handler(event, _): ...": ("handler",),
    "@helper.create\ndef create(event, context): ...\ndef handler(event, context):\n    helper(event, context)": (
        "handler",
    ),
    "@authorized('admin')\n@tracer.capture_lambda_handler\ndef process(event, context): ...": ("process",),
    "@event_source(data_class=SQSEvent)\ndef process(event, context): ...": ("process",),
    "@app.get('/x')\ndef x(event, context): ...\ndef lambda_handler(event, context): ...": ("lambda_handler",),
    "def handler(event, context=None): ...": ("handler",),
    "def process(event, context): ...": ("process",),
    "def process(_event, _context): ...": ("process",),
    "def create(event, context): ...\ndef get(event, context): ...": ("create", "get"),
    "def lambda_handler(event, context):\n    return helper(event, context)\ndef helper(event, context): ...": (
        "lambda_handler",
    ),
    "def main(event, context): ...\nlambda_handler = main": ("main",),
    "handler = Mangum(app)": ("handler",),
    "lambda_handler = api.handle": ("lambda_handler",),
    "async def handler(event, context): ...": ("handler",),
    "def handler(event, context): ...\nhandler = wrap(handler)": ("handler",),
    "handler: Callable = Mangum(app)": ("handler",),
    "@durable_execution\ndef process(order, ctx): ...": ("process",),
    "@sdk.durable_execution(plugins=[])\ndef process(order, ctx): ...": ("process",),
    "from sdk import durable_execution as lasting\n@lasting\ndef process(order, ctx): ...": ("process",),
    "def run(order, ctx): ...\nprocess = durable_execution(run)": ("process",),
    "if X:\n    def handler(event, context): ...": ("handler",),
    "try:\n    handler = make()\nexcept Exception:\n    handler = other()": ("handler",),
    "async def handler(event, context): ...\ndef lambda_handler(event, context):\n    return run(handler(event))": (
        "lambda_handler",
    ),
}


@pytest.mark.parametrize(("source", "names"), FOUND.items())
def test_a_handler_is_found(source: str, names: tuple[str, ...]) -> None:
    """By its name, or by what it takes."""
    assert handler_discovery.may_have_handlers(source.encode())
    assert handler_discovery.find(ast.parse(source)) == names


@pytest.mark.parametrize(
    "source",
    [
        "def handler(request): ...",
        "def handle(message, queue): ...",
        "def handler(event, context, table): ...",
        "def work(event, context, *, must): ...",
        "class Api:\n    def handler(self, event, context): ...",
        "handler = 5",
        "handler = 'module.name'",
        "def on_click(e, c): ...",
        "def add(_, __): ...",
        "def outer():\n    def handler(event, context): ...",
        "helper = CfnResource()\n@helper.create\n@helper.update\ndef create(event, context): ...",
        "@helper.delete\ndef no_op(event, context): ...",
        "@helper.poll_create\ndef poll(event, context): ...",
        "@app.get('/orders')\ndef orders(event, context): ...",
        "@app.on_sqs_message(queue='q')\ndef work(event, context): ...",
        "@register('order.created')\ndef created(event, context): ...",
        "@bus.subscribe('order.created')\ndef created(event, context): ...",
        "ROUTES = {}\ndef created(event, context): ...\nROUTES['created'] = created",
    ],
)
def test_others_are_none(source: str) -> None:
    """Two parameters alone do not make a handler."""
    assert handler_discovery.find(ast.parse(source)) == ()
