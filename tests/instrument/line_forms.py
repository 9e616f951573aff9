"""Forms of lines that code writes: the body of a handler, and the filter patterns and queries that find its lines. With
`!`, they find none: such a line is off."""

EMF = '{"_aws": {"Timestamp": 1760000000000, "CloudWatchMetrics": [{"Namespace": "shop", "Dimensions": [["service"]], '
EMF += '"Metrics": [{"Name": "Orders", "Unit": "Count"}]}]}, "service": "orders", "Orders": 3}'
DICT = '{"level": "ERROR", "code": "E17", "order": {"id": "o-1", "total": 41}}'
ROOT = "log = logging.getLogger()\nlog.setLevel(logging.INFO)\n"

# name: (lines at the top of the module, lines of the handler, filter patterns)
FORMS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "emf printed": ("", f"print(json.dumps({EMF}))", ("{ $.Orders = 3 }",)),
    "emf in a variable": ("", f"emf = {EMF}\nprint(json.dumps(emf))", ("{ $.Orders = 3 }",)),
    "emf as text": ("", f"print('{EMF}')", ('{ $.service = "orders" }',)),
    "emf as text in a variable": ("", f"line = json.dumps({EMF})\nprint(line)", ("{ $.Orders = 3 }",)),
    "emf written": ("", f"sys.stdout.write(json.dumps({EMF}) + '\\n')", ("{ $.Orders = 3 }",)),
    "emf flushed": ("", f"print(json.dumps({EMF}), flush=True)", ("{ $.Orders = 3 }",)),
    "emf of a helper": (f"def emf():\n    return json.dumps({EMF})\n", "print(emf())", ("{ $.Orders = 3 }",)),
    "emf of a helper that prints": (
        "def put(values):\n    print(json.dumps(values))\n",
        f"put({EMF})",
        ("{ $.Orders = 3 }",),
    ),
    "emf of a class": (
        f"class Line:\n    def __str__(self):\n        return json.dumps({EMF})\n",
        "print(Line())",
        ("{ $.Orders = 3 }",),
    ),
    "emf in a comprehension": ("", f"[print(json.dumps(d)) for d in [{EMF}]]", ("{ $.Orders = 3 }",)),
    "emf with a name of dumps": ("from json import dumps as text\n", f"print(text({EMF}))", ("{ $.Orders = 3 }",)),
    "emf formatted": ("", f"print('%s' % json.dumps({EMF}))", ("{ $.Orders = 3 }",)),
    "emf in an f-string": ("", f"d = {EMF}\nprint(f'{{json.dumps(d)}}')", ("{ $.Orders = 3 }",)),
    "emf in a join": ("", f"print(''.join([json.dumps({EMF})]))", ("{ $.Orders = 3 }",)),
    "emf beside prints": (
        "",
        f"print('begun')\nprint(json.dumps({EMF}))\nprint('end')",
        ("{ $.Orders = 3 }", "begun", "end"),
    ),
    "json printed": (
        "",
        f"print(json.dumps({DICT}))",
        ('{ $.level = "ERROR" }', '{ $.code = "E17" }', "{ $.order.total > 40 }"),
    ),
    "json by a keyword": ("", f"print(json.dumps(obj={DICT}))", ('{ $.level = "ERROR" }',)),
    "json of a dict": ("", f"d = dict({DICT})\nprint(json.dumps(d, default=str))", ('{ $.code = "E17" }',)),
    "json of the event": ("", "print(json.dumps(event))", ('{ $.order = "o-1" }',)),
    "json behind a text": ("", "print('Received event: ' + json.dumps(event))", ('"Received event"', '"o-1"')),
    "json behind a text, two values": ("", "print('Received', json.dumps(event))", ("Received",)),
    "json in a template": ("", 'print(\'{"level": "ERROR", "n": %d}\' % 4)', ('{ $.level = "ERROR" }', "{ $.n = 4 }")),
    "json in an f-string": ("", 'n = 4\nprint(f\'{{"level": "ERROR", "n": {n}}}\')', ("{ $.n = 4 }",)),
    "json in a format": ("", "print('{{\"n\": {}}}'.format(4))", ("{ $.n = 4 }",)),
    "json literal": ("", "print('{\"n\": 4}')", ("{ $.n = 4 }",)),
    "json from elsewhere": ("", "text = event['text']\nprint(text)", ("{ $.n = 4 }",)),
    "json in an except": (
        "",
        f"try:\n    1 / 0\nexcept Exception:\n    print(json.dumps({DICT}))",
        ('{ $.level = "ERROR" }',),
    ),
    "json to stderr": ("", f"print(json.dumps({DICT}), file=sys.stdout)", ('{ $.code = "E17" }',)),
    "json of pydantic's kind": (
        "class Model:\n    def model_dump_json(self):\n        return '{\"n\": 4}'\n",
        "print(Model().model_dump_json())",
        ("{ $.n = 4 }",),
    ),
    "json logged": (ROOT, f"log.info(json.dumps({DICT}))", ('"E17"', "ERROR")),
    "json logged behind a text": (ROOT, "log.info('Event: %s', json.dumps(event))", ('"Event:"', '"o-1"')),
    "json list": ("", "print(json.dumps([1, 2]))", ('"[1, 2]"',)),
    "text": ("", "print('payment declined')", ('"payment declined"', "declined -accepted")),
    "text and a value": ("", "print('payment declined', event['order'])", ('"payment declined"', '"o-1"')),
    "a colon": ("", "print(f'payment declined: {event[\"order\"]}')", ('"payment declined:"', '"o-1"')),
    "a sentence": (
        "",
        "print(f'order {event[\"order\"]} was declined')",
        ('"order o-1 was declined"', "%o-[0-9] was%"),
    ),
    "key=value": ("", "print(f'code={event[\"order\"]}')", ('"code=o-1"',)),
    "several values": ("", "print('GET', '/orders', 200)", ('"GET /orders 200"',)),
    "an exception": ("", "try:\n    1 / 0\nexcept Exception as e:\n    print(e)", ('"division by zero"', "!ERROR")),
    "an exception behind a text": (
        "",
        "try:\n    1 / 0\nexcept Exception as e:\n    print('failed:', e)",
        ('"failed: division by zero"', "!ERROR", "!WARNING"),
    ),
    "a trace": (
        "",
        "try:\n    1 / 0\nexcept Exception:\n    print(traceback.format_exc())",
        ("Traceback", "ZeroDivisionError"),
    ),
    "logged": (ROOT, "log.info('order stored')\nlog.error('order lost')", ('"order stored"', "ERROR", '"order lost"')),
    "logged with a value": (ROOT, "log.info('stored %s', event['order'])", ('"stored"', '"o-1"')),
    "logged sentence": (ROOT, "log.info('%s was stored', event['order'])", ('"o-1 was stored"',)),
    "logged exception": (
        ROOT,
        "try:\n    1 / 0\nexcept Exception as e:\n    log.error('failed: %s', e)",
        ('"failed: division by zero"', "ERROR"),
    ),
    "logged trace": (
        ROOT,
        "try:\n    1 / 0\nexcept Exception:\n    log.exception('lost')",
        ("ERROR", "lost", "Traceback"),
    ),
    "off: no level": (
        "log = logging.getLogger()\n",
        "log.info('password %s', event['order'])\nlog.error('on')",
        ("!password", "on"),
    ),
    "off: debug": (ROOT, "log.debug('details')\nlog.info('on')", ("!details", "on")),
    "off: basicConfig": (
        "logging.basicConfig(level=logging.INFO)\n",
        "logging.info('off')\nlogging.error('on')",
        ("!off", "on"),
    ),
    "off: of a name": ("log = logging.getLogger(__name__)\n", "log.info('off')\nlog.warning('on')", ("!off", "on")),
    "off: a level of the environment": (
        "log = logging.getLogger()\nlog.setLevel(os.environ.get('THEIRS', 'ERROR'))\n",
        "log.info('off')\nlog.error('on')\nprint('printed')",
        ("!off", "on", "printed"),
    ),
    "a secret": ("", "password = event['order']\nprint('password', password)", ('"password o-1"',)),
}

# name of a form: queries of Logs Insights whose rows stay the same
QUERIES: dict[str, tuple[str, ...]] = {
    "json printed": ("filter level = 'ERROR' | stats count(*) as n", "fields order.total | filter code = 'E17'"),
    "json of the event": ("fields order | filter order = 'o-1'",),
    "json in an f-string": ("filter n > 3 | stats sum(n) as n by level",),
    "emf beside prints": ("filter service = 'orders' | stats sum(Orders) as n",),
    "a sentence": (
        "filter @message like /order o-1 was/ | stats count(*) as n",
        "parse @message 'order * was' as o | stats count(*) as n by o",
    ),
    "key=value": ("filter @message like 'code=o-1' | stats count(*) as n",),
    "an exception behind a text": ("filter @message like /failed: division/ | stats count(*) as n",),
    "text and a value": ("filter @message like /payment declined/ | stats count(*) as n",),
}
