"""Handlers that keep records, or what they read of them, and use it later."""

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
