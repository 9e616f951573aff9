"""Handlers that sort, group, pair, look ahead, or go through the records again."""

ORDERING = {
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
