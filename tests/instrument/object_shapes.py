"""Handlers that are values, methods or framework objects: sources and names. Each answers with its event."""

SHAPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "lambda_expr": (
        """\
lambda_handler = lambda event, context: event
""",
        ("lambda_handler",),
    ),
    "lambda_expr_annotated": (
        """\
from typing import Callable
handler: Callable = lambda event, context: event
""",
        ("handler",),
    ),
    "partial": (
        """\
from functools import partial
def work(table, event, context):
    return event
lambda_handler = partial(work, 'orders')
""",
        ("lambda_handler",),
    ),
    "alias": (
        """\
def work(event, context):
    return event
lambda_handler = work
""",
        ("lambda_handler",),
    ),
    "alias_two": (
        """\
def work(event, context):
    return event
handler = work
lambda_handler = handler
""",
        ("handler", "lambda_handler"),
    ),
    "double_target": (
        """\
def work(event, context):
    return event
handler = lambda_handler = work
""",
        ("handler", "lambda_handler"),
    ),
    "call_instance": (
        """\
class Handler:
    def __call__(self, event, context):
        return event
lambda_handler = Handler()
""",
        ("lambda_handler",),
    ),
    "bound_method": (
        """\
class App:
    def run(self, event, context):
        return event
app = App()
lambda_handler = app.run
""",
        ("lambda_handler",),
    ),
    "classmethod": (
        """\
class App:
    @classmethod
    def run(cls, event, context):
        return event
lambda_handler = App.run
""",
        ("lambda_handler",),
    ),
    "staticmethod": (
        """\
class App:
    @staticmethod
    def run(event, context):
        return event
lambda_handler = App.run
""",
        ("lambda_handler",),
    ),
    "get_handler": (
        """\
class Base:
    @classmethod
    def get_handler(cls, **k):
        def h(event, context):
            return event
        return h
lambda_handler = Base.get_handler(a=1)
""",
        ("lambda_handler",),
    ),
    "factory": (
        """\
def make(table):
    def inner(event, context):
        return event
    return inner
lambda_handler = make('x')
""",
        ("lambda_handler",),
    ),
    "wrapped_later": (
        """\
def wrap(f):
    return lambda event, context: f(event, context)
def lambda_handler(event, context):
    return event
lambda_handler = wrap(lambda_handler)
""",
        ("lambda_handler",),
    ),
    "conditional_value": (
        """\
def a(event, context):
    return 1
def b(event, context):
    return event
lambda_handler = a if False else b
""",
        ("lambda_handler",),
    ),
    "mangum": (
        """\
class Mangum:
    def __init__(self, app): self.app = app
    def __call__(self, event, context): return event
app = object()
handler = Mangum(app, )
""",
        ("handler",),
    ),
    "wsgi": (
        """\
def handle_request(app, event, context):
    return event
app = object()
def lambda_handler(event, context):
    return handle_request(app, event, context)
""",
        ("lambda_handler",),
    ),
    "chalice": (
        """\
class Chalice:
    def __init__(self, app_name): pass
    def __call__(self, event, context): return event
    def route(self, p):
        return lambda f: f
app = Chalice(app_name='x')
@app.route('/')
def index():
    return {}
""",
        (),
    ),
    "chalice_lambda_function": (
        """\
class Chalice:
    def lambda_function(self, name=None):
        return lambda f: f
app = Chalice()
@app.lambda_function(name='x')
def first(event, context):
    return event
""",
        ("first",),
    ),
    "powertools_resolver": (
        """\
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
app = APIGatewayRestResolver()
@app.get('/x')
def get_x():
    return {}
def lambda_handler(event, context):
    return app.resolve(event, context) if 'httpMethod' in event else event
""",
        ("lambda_handler",),
    ),
    "powertools_logger_there": (
        """\
from aws_lambda_powertools import Logger
logger = Logger(service='x')
@logger.inject_lambda_context(log_event=False)
def lambda_handler(event, context):
    logger.info('hi')
    return event
""",
        ("lambda_handler",),
    ),
    "powertools_all_there": (
        """\
from aws_lambda_powertools import Logger, Tracer, Metrics
log = Logger(service='x')
trc = Tracer(service='x')
mtr = Metrics(namespace='n', service='x')
@log.inject_lambda_context
@trc.capture_lambda_handler
@mtr.log_metrics
def lambda_handler(event, context):
    return event
""",
        ("lambda_handler",),
    ),
    "batch_processor": (
        """\
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
processor = BatchProcessor(event_type=EventType.SQS)
def record_handler(record):
    return record
def lambda_handler(event, context):
    if 'Records' not in event:
        return event
    return process_partial_response(event, record_handler, processor, context)
""",
        ("lambda_handler",),
    ),
    "event_source": (
        """\
from aws_lambda_powertools.utilities.data_classes import event_source, SQSEvent
@event_source(data_class=SQSEvent)
def lambda_handler(event: SQSEvent, context):
    return event.raw_event
""",
        ("lambda_handler",),
    ),
    "handlers_dict": (
        """\
def create(event, context):
    return event
HANDLERS = {'create': create}
def lambda_handler(event, context):
    return HANDLERS['create'](event, context)
""",
        ("lambda_handler",),
    ),
    "attribute_app_lambda_handler": (
        """\
class A:
    def lambda_handler(self, event, context):
        return event
app = A()
lambda_handler = app.lambda_handler
""",
        ("lambda_handler",),
    ),
    "dataclass_event": (
        """\
from dataclasses import dataclass
@dataclass
class E:
    raw: dict
def lambda_handler(event, context):
    return E(event).raw
""",
        ("lambda_handler",),
    ),
}
