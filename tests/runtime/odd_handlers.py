"""Handlers that keep, copy, reorder, hand over and look ahead: what each does with its `records`.

The names are those of `batch_programs`: `name`, `text`, `work`, `careful`, `copies`, `texts`.
"""

from __future__ import annotations

IMPORTS = """
import collections, contextvars, dataclasses, heapq, sched, time
from concurrent.futures import as_completed
from functools import cache, partial, reduce, singledispatch, wraps
from itertools import accumulate, groupby, pairwise, starmap, tee

def number(record):
    return int(record["messageId"][1:])

def announced(function):
    @wraps(function)
    def around(record):
        logger.info("enter")
        return function(record)
    return around
"""

STATE = {
    "decorator": """
@announced
def decorated(record): logger.info('x', about=name(record))
for r in records: decorated(r)
""",
    "object that keeps the last": """
class Processor:
    now = before = None
    def take(self, r):
        self.before, self.now = self.now, r
        self.run()
    def run(self):
        logger.info('now', about=name(self.now))
        if self.before: logger.info('before', about=name(self.before))
one = Processor()
for r in records: one.take(r)
one.run()
""",
    "object that collects texts": """
class Processor:
    def __init__(self): self.left = []
    def take(self, r):
        self.left.append(name(r))
        if len(self.left) == 2: self.flush()
    def flush(self):
        for x in self.left: logger.info('flush', about=x)
        self.left.clear()
one = Processor()
for r in records: one.take(r)
""",
    "object that collects records": """
class Processor:
    def __init__(self): self.left = []
    def take(self, r):
        self.left.append(r)
        if len(self.left) == 3: self.flush()
    def flush(self):
        for x in self.left: logger.info('flush', about=name(x)); work(x)
        while self.left: work(self.left.pop())
one = Processor()
for r in records: one.take(r)
one.flush()
""",
    "module that collects bodies": """
global LEFT
LEFT = []
def flush():
    for x in LEFT: logger.info('flush', about=f"m{x['n']}")
for r in records:
    LEFT.append(json.loads(r['body']))
    if len(LEFT) == 2: flush(); LEFT.clear()
""",
    "cache": """
@cache
def fetch(key): logger.info('fetch', about=key)
for r in records: fetch(name(r)); fetch(texts[3])
""",
    "context variable": """
now = contextvars.ContextVar('now')
def say(): logger.info('x', about=name(now.get()))
for r in records: now.set(r); say()
now.set(records[0])
for r in records: say()
""",
    "thread's own": """
own = threading.local()
def say(): logger.info('x', about=own.who)
for r in records: own.who = name(r) if name(r) != 'm2' else 'm0'; say()
""",
    "properties": """
class Message:
    def __init__(self, r): self._r = r
    @property
    def who(self): w = self._r['messageId']; logger.info('x', about=w); return w
messages = [Message(r) for r in records]
for r in records:
    for m in messages: text(m.who)
""",
    "dataclass": """
@dataclasses.dataclass
class Order:
    n: int
    bad: bool
    def say(self): logger.info('x', about=f'm{self.n}')
orders = [Order(**json.loads(r['body'])) for r in records]
for r in records:
    for o in orders: o.say()
for o in orders: o.say()
for r, o in zip(records, reversed(orders)): o.say()
for r in records: Order(**json.loads(r['body'])).say()
""",
    "frozen dataclass": """
@dataclasses.dataclass(slots=True, frozen=True)
class Order:
    who: str
    def say(self): logger.info('x', about=self.who)
orders = [Order(name(r)) for r in records]
for r, o in zip(records, reversed(orders)): o.say()
""",
    "named tuple": """
Order = collections.namedtuple('Order', 'who n')
def say(o): logger.info('x', about=o.who)
orders = [Order(name(r), i) for i, r in enumerate(records)]
for r, o in zip(records, orders[::-1]): say(o)
""",
    "pydantic model": """
from pydantic import BaseModel
class Order(BaseModel):
    n: int
    def say(self): logger.info('x', about=f'm{self.n}')
orders = [Order.model_validate_json(r['body']) for r in records]
for r in records:
    for o in orders: o.say()
    Order.model_validate_json(r['body']).say()
""",
}

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

AT_ONCE = {
    "queue between threads": """
q = queue.Queue()
def consumer():
    while (x := q.get()) is not None: logger.info('x', about=name(x)); work(x)
t = threading.Thread(target=consumer); t.start()
for r in records: q.put(r); time.sleep(0.001); logger.info('put', about=name(r))
q.put(None); t.join()
""",
    "queue of texts, with the loop's context": """
q = queue.Queue(); threads = []
def consumer():
    while (x := q.get()) is not None: logger.info('x', about=x); text(x)
for r in records:
    threads.append(threading.Thread(target=contextvars.copy_context().run, args=(consumer,))); threads[-1].start()
    q.put(name(r)); time.sleep(0.001)
for t in threads: q.put(None)
for t in threads: t.join()
""",
    "futures as they end": """
with ThreadPoolExecutor(3) as pool:
    futures = {pool.submit(indirect, r): r for r in records}
    for f in as_completed(futures):
        try: f.result(); logger.info('x', about=name(futures[f]))
        except ValueError: logger.exception('x', about=name(futures[f]))
""",
    "task group of bodies": """
async def one(b): await asyncio.sleep(0.001 * (5 - b['n'])); logger.info('x', about=f"m{b['n']}")
async def main():
    async with asyncio.TaskGroup() as tasks:
        for r in records: tasks.create_task(one(json.loads(r['body']))); logger.info('made', about=name(r))
asyncio.run(main())
""",
    "tasks as they end": """
async def one(r): await asyncio.sleep(0.001 * (5 - number(r))); return r
async def main():
    tasks = []
    for r in records:
        tasks.append(asyncio.create_task(one(r)))
        if len(tasks) == 2:
            for task in asyncio.as_completed(tasks): x = await task; logger.info('x', about=name(x)); text(name(x))
            tasks.clear()
asyncio.run(main())
""",
    "asynchronous generators": """
async def each():
    for r in records: await asyncio.sleep(0); yield r
async def named():
    async for r in each(): yield name(r)
async def main():
    async for r in each(): logger.info('x', about=name(r)); await waits(r)
    async for t in named(): logger.info('x', about=t); await told(t)
asyncio.run(main())
""",
    "semaphore": """
async def one(semaphore, r):
    async with semaphore: logger.info('x', about=name(r)); await asyncio.sleep(0); text(name(r))
async def main():
    semaphore = asyncio.Semaphore(2)
    await asyncio.gather(*(one(semaphore, r) for r in reversed(records)))
asyncio.run(main())
""",
    "BatchProcessor that keeps": """
seen = []
def each(record):
    seen.append(record)
    for s in seen: logger.info('x', about=s.message_id)
process_partial_response(event, each, BatchProcessor(EventType.SQS), context)
""",
    "BatchProcessor's results": """
with BatchProcessor(EventType.SQS, **LENIENT)(records, handled) as processor:
    for _, _, r in processor.process(): logger.info('x', about=r['messageId'])
""",
    "AsyncBatchProcessor, the last first": """
async def each(record):
    await asyncio.sleep(0.001 * (5 - int(record.message_id[1:])))
    logger.info('x', about=record.message_id); text(record.message_id)
async_process_partial_response(event, each, AsyncBatchProcessor(EventType.SQS), context)
""",
}

ORDERS = {
    "sorting": """
def key(r): logger.info('key', about=name(r)); return -number(r)
for r in sorted(records, key=key): logger.info('x', about=name(r))
for r in records: least = min(records, key=key); logger.info('least', about=name(least))
records.sort(key=key)
for r in records: logger.info('x', about=name(r))
""",
    "heap": """
heap = []
for r in records: heapq.heappush(heap, (-number(r), name(r), r)); logger.info('pushed', about=name(r))
while heap: _, who, r = heapq.heappop(heap); logger.info('x', about=who); work(r)
for r in records:
    heapq.heappush(heap, (-number(r), json.loads(r['body'])))
    if len(heap) == 2: _, b = heapq.heappop(heap); logger.info('x', about=f"m{b['n']}")
""",
    "groups": """
for k, group in groupby(records, key=lambda r: number(r) // 2):
    for r in group: logger.info('x', about=name(r)); work(r)
for k, group in groupby(records, key=lambda r: number(r) // 2):
    for r in list(group): logger.info('x', about=name(r)); text(name(r))
""",
    "pairs and twins": """
a, b = tee(records); next(b)
for x, y in zip(a, b): logger.info('x', about=name(x)); logger.info('y', about=name(y))
for x, y in pairwise(records): logger.info('x', about=name(x)); text(name(y))
""",
    "folded": """
def both(a, b): logger.info('a', about=name(a)); text(name(b)); return b
reduce(both, records)
for x in accumulate(records, lambda a, b: a): logger.info('x', about=name(x))
""",
    "recursion": """
def all_of(left):
    if left: r, *rest = left; logger.info('x', about=name(r)); all_of(rest); logger.info('back', about=name(r))
all_of(records)
for r in records: all_of(texts)
def down(r, n):
    if n: down(records[n - 1], n - 1)
    logger.info('x', about=name(r))
down(records[3], 3)
def loops(i):
    for r in records[i:]:
        logger.info('x', about=name(r)); loops(i + 1) if i < 2 else None
        logger.info('back', about=name(r))
loops(0)
""",
    "sent into a generator": """
def sink():
    while True: x = yield; logger.info('x', about=name(x))
one = sink(); next(one)
for r in records: one.send(r); one.send(texts[0])
""",
    "pipeline of generators": """
def parsed(records):
    for r in records: logger.info('parsed', about=name(r)); yield json.loads(r['body'])
def good(bodies):
    for b in bodies:
        if not b['bad']: yield b
def ahead(bodies):
    before = next(bodies)
    for b in bodies: yield before; before = b
    yield before
for b in good(parsed(records)): logger.info('x', about=f"m{b['n']}")
for b in ahead(good(parsed(records))): logger.info('x', about=f"m{b['n']}")
""",
    "fetched ahead": """
def ahead(records):
    left = collections.deque()
    for r in records:
        left.append(number(r))
        if len(left) > 2: yield left.popleft()
    yield from left
for n in ahead(records): logger.info('x', about=f'm{n}')
""",
    "iterators of classes": """
class Bodies:
    def __init__(self, records): self.left = iter(records)
    def __iter__(self): return self
    def __next__(self): return json.loads(next(self.left)['body'])
class Ahead:
    def __init__(self, records): self.left = iter(records); self.next = next(self.left)
    def __iter__(self): return self
    def __next__(self):
        if self.next is None: raise StopIteration
        now, self.next = self.next, next(self.left, None)
        return now
for b in Bodies(records): logger.info('x', about=f"m{b['n']}")
for r in Ahead(records): logger.info('x', about=name(r)); text(name(r)); work(r)
for t in map(name, Ahead(records)): logger.info('x', about=t); text(t)
""",
    "by index": """
for i in range(len(records)):
    r = records[i]; after = records[(i + 1) % 4]
    logger.info('x', about=name(r)); logger.info('after', about=name(after)); work(after)
for i, r in enumerate(records):
    if i: before = records[i - 1]; logger.info('before', about=name(before))
    logger.info('x', about=name(r))
""",
    "by name": """
by = {name(r): r for r in records}
for k in by: logger.info('x', about=k); work(by[k])
for k, r in by.items(): logger.info('x', about=k)
for r in records: one = by['m0']; logger.info('one', about=name(one)); text(name(one))
""",
    "tried again": """
failed = []
for r in records:
    try: indirect(r)
    except ValueError: failed.append(r)
for r in failed: logger.info('again', about=name(r)); careful(r)
left = collections.deque(records)
while left: r = left.popleft(); logger.info('x', about=name(r))
""",
    "exceptions that are kept": """
errors = []
for r in records:
    try: raise ValueError(name(r))
    except ValueError as e: errors.append(e)
    for e in errors: logger.info('x', about=e.args[0])
for e in errors: logger.info('x', about=e.args[0])
""",
    "loop within a loop": """
left = iter(records)
for r in left:
    for x in left: logger.info('x', about=name(x))
    logger.info('r', about=name(r))
for r in records:
    for x in records:
        if x is r: break
        logger.info('x', about=name(x))
    logger.info('r', about=name(r))
logger.info('left', about=name(r))
""",
    "any arguments": """
def many(*given):
    for r in given: logger.info('x', about=name(r))
def named(**given): logger.info('x', about=name(given['record']))
many(*records)
for r in records: many(r); many(r, records[0]); many(*texts)
for r in records: named(record=r); named(record=copies[1]); named(record=r, other=records[0])
""",
}

HANDLERS = {**STATE, **CALLBACKS, **AT_ONCE, **ORDERS}
