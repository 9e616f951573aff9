"""Handlers that register a call now and make it later."""

CALLBACKS = {
    "registered earlier": """
calls = []
for r in records:
    calls.append(lambda r=r: logger.info('own', about=name(r)))
    calls.append(lambda: logger.info('late', about=name(r)))
for x in records: calls[0](); calls[1](); calls[-1]()
for call in calls: call()
""",
    "with bodies": """
calls = []
for r in records:
    def call(b=json.loads(r['body'])): logger.info('x', about=f"m{b['n']}")
    calls.append(call)
    for each in calls: each()
""",
    "partials": """
says = [partial(say, 'x', about=name(r)) for r in records]
works = [partial(careful, r) for r in records]
for r in records:
    for call in says + works: call()
""",
    "exit stack": """
with contextlib.ExitStack() as stack:
    for r in records: stack.callback(text, name(r)); stack.callback(say, 'x', about=name(r))
    for r in records: stack.pop_all().close()
""",
    "context manager": """
@contextlib.contextmanager
def span(r):
    logger.info('open', about=name(r))
    try: yield r
    finally: logger.info('close', about=name(r))
for r in records:
    with span(r) as x: text(name(x))
with contextlib.ExitStack() as stack:
    for r in records: stack.enter_context(span(r))
""",
    "dispatch by type": """
@singledispatch
def do(x): raise TypeError
@do.register
def _(x: dict): logger.info('x', about=name(x))
@do.register
def _(x: str): logger.info('x', about=x)
for r in records: do(r); do(texts[2]); do(copies[1])
list(map(do, texts)); list(map(do, copies)); list(map(do, records))
list(starmap(lambda a, b: logger.info('x', about=a), zip(texts[::-1], records)))
""",
    "scheduler": """
later = sched.scheduler()
for r in records: later.enter(0, 1, text, (name(r),)); later.enter(0, 2, work, (r,))
later.run()
for r in records: later.enter(0, 1, text, (texts[3],)); later.run()
""",
    "future's own": """
with ThreadPoolExecutor(2) as pool:
    for r in records: pool.submit(work, r).add_done_callback(lambda f: text(name(f.result())))
""",
}
