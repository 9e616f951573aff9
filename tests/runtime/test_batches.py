"""Random programs over a batch: each line has the id of the record that it is about, or the batch's own."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.runtime.batch_programs import BEFORE, programs
from tests.runtime.batch_runs import BATCH, HEAD, lines_of, wrong
from tests.runtime.odd_handlers import HANDLERS, IMPORTS

SETTINGS = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))

# What a handler does, where each line has the id of its record and not only that of the batch.
OWN = {
    "loop": "for r in records: logger.info('x', about=name(r))",
    "slice": "for r in records[0:3]: logger.info('x', about=name(r))",
    "reversed": "for r in reversed(records): logger.info('x', about=name(r))",
    "enumerate": "for n, r in enumerate(records, 1): logger.info('x', about=name(r))",
    "zip": "for n, r in zip(range(9), records): logger.info('x', about=name(r))",
    "filter": "for r in filter(name, records): logger.info('x', about=name(r))",
    "map": "list(map(work, records))",
    "map, asked by a loop": "for r in map(lambda r: r, records): logger.info('x', about=name(r))",
    "index": "for i in range(len(records)): work(records[i])",
    "index, in the loop": "for i in range(len(records)): r = records[i]; logger.info('x', about=name(r))",
    "first and its neighbour": "for a, b in zip(records, records[1:]): logger.info('x', about=name(a)); work(b)",
    "each with each": "for a in records:\n    for b in records: logger.info('x', about=name(a))",
    "asked for": "it = iter(records); a = next(it); b = next(it); logger.info('x', about=name(a)); work(b)",
    "another record by index": "for r in records: one = records[0]; text(name(one)); text(name(r))",
    "head": "it = iter(records); head = next(it)\nfor r in it: text(name(head))",
    "taken out": "left = list(records)\nwhile left: r = left.pop(); logger.info(f'x of {name(r)}.', about=name(r))",
    "pairs": "for c in zip(records[::2], records[1::2]):\n    for r in c: logger.info('x', about=name(r))",
    "queue": "q = queue.SimpleQueue(); t = threading.Thread(target=taking, args=(q,)); t.start()\n"
    "for r in [*records, None]: q.put(r)\nt.join()",
    "logged by a helper": "by = {name(r): r for r in records}\nfor who, r in by.items(): say('x', about=who)",
    "a copy, by its loop": "for r in records: c = copy.deepcopy(r); logger.info('x', about=name(c)); text(name(c))",
    "list comprehension": "[logger.info('x', about=name(r)) for r in records]",
    "dictionary comprehension": "{name(r): text(name(r)) for r in records}",
    "generator": "for about in (name(r) for r in records): logger.info('x', about=about)",
    "generator function": "for about in bodies(records): text(about)",
    "comprehension, then loop": "own = [r for r in records]\nfor r in own: work(r)",
    "sorted": "for r in sorted(records, key=name): work(r)",
    "while": "left = list(records)\nwhile left: work(left.pop())",
    "loop after a look at the first": "first = records[0]\nfor r in records: logger.info('x', about=name(r))",
    "two loops": "for r in records: work(r)\nfor x in records: logger.info('x', about=name(x))",
    "name taken again": "for r in records:\n    about = name(r); r = r['body']; logger.info('x', about=about)",
    "exception": "for r in records:\n    try: indirect(r)\n    except ValueError: logger.exception('x', about=name(r))",
    "object": "for r in records: Job(r).run()",
    "objects later": "jobs = list(map(Job, records))\nfor job in jobs: job.run()",
    "any arguments": "for r in list(records): anything(r)",
    "partial functions later": "for call in [functools.partial(careful, r) for r in records]: call()",
    "pool, map": "with ThreadPoolExecutor(3) as pool: list(pool.map(work, records))",
    "pool, submit": "with ThreadPoolExecutor(3) as pool: wait([pool.submit(careful, r) for r in records])",
    "pool in a loop": "with ThreadPoolExecutor(1) as pool:\n    for r in records: pool.submit(work, r).result()",
    "threads": "threads = [threading.Thread(target=work, args=(r,)) for r in records]\n"
    "for t in threads: t.start(); t.join()",
    "gather": "asyncio.run(all_of(map(waits, records)))",
    "asyncio in a loop": "for r in records: asyncio.run(waits(r))",
    "BatchProcessor": "process_partial_response(event, handled, BatchProcessor(EventType.SQS), context)",
    "AsyncBatchProcessor": "pass\n"
    "async_process_partial_response(event, ahandled, AsyncBatchProcessor(EventType.SQS), context)",
    "SqsFifoPartialProcessor": "process_partial_response(event, handled, SqsFifoPartialProcessor(), context)",
    "data classes": "for r in SQSEvent(event).records: logger.info('x', about=r.message_id)",
    "data classes in a pool": "with ThreadPoolExecutor(3) as pool:\n"
    "    list(pool.map(lambda r: logger.info('x', about=r.message_id), SQSEvent(event).records))",
    "chunks": "for chunk in chunks(records, 2):\n    for r in chunk: work(r)",
    "parsed": "for r in records:\n    body = json.loads(r['body']); logger.info('x', about=f\"m{body['n']}\")",
    "parsed by map": "for b in map(json.loads, (r['body'] for r in records)): logger.info('x', about=f\"m{b['n']}\")",
    "parsed in place": "for r in records:\n"
    "    r = json.loads(r['body']) if r else None; logger.info('x', about=f\"m{r['n']}\")",
    "something beside": "table = {'bucket': 'b'}\nfor r in records: logger.info(table['bucket'], about=name(r))",
    "counted": "done = 0\nfor r in records:\n    done += 1; logger.info('%s of %s', done, len(records), about=name(r))",
    "collected": "done = []\nfor r in records:\n    done.append(r); logger.info(len(done), about=name(r))",
    "flag": "first = True\nfor r in records: logger.info('x', first=first, about=name(r)); first = False",
    "with": "for r in records:\n    with contextlib.nullcontext(name(r)) as n: logger.info('x', about=n)",
    "walrus": "for r in records:\n    if (n := name(r)) and n not in plain: logger.info('x', about=n)",
    "unpacked": "for r in records:\n    n, *rest = name(r), 1; logger.info('x', about=n)",
    "inner loop": "for r in records:\n    for n in [name(r)]: logger.info('x', about=n)",
    "zip with others": "for r, t in zip(records, texts): logger.info('x', about=name(r))",
    "kept, not told": "last = ''\nfor r in records: logger.info('x', about=name(r)); last = name(r)",
}

# And where it cannot be known, or no record is at hand.
NONE = {
    "before and after": "logger.info('x')\nfor r in records: work\nlogger.info('x')",
    "after a break": "for r in records: break\nlogger.info('x')",
    "after an exception": "try:\n    for r in records: json.loads('')\nexcept ValueError: pass\nlogger.info('x')",
    "a look at the first": "text(records[0]['messageId'])",
    "neighbours": "for a, b in zip(records, records[1:]): logger.info('x')",
    "every two": "for a in records:\n    for b in records: logger.info('x') if a is not b else None",
    "asked for": "it = iter(records); a = next(it); b = next(it); logger.info('x')",
    "a chunk": "for chunk in chunks(records, 2): logger.info('x')",
    "copies": "for r in copy.deepcopy(records): work(r)",
    "texts in a pool": "with ThreadPoolExecutor(3) as pool: list(pool.map(text, [name(r) for r in records]))",
    "texts in tasks": "asyncio.run(all_of([told(name(r)) for r in records]))",
    "walrus in a comprehension": "for r in records:\n    [(r := c) for c in copies]; logger.info('x', about=name(r))",
    "with": "for r in records:\n    with contextlib.nullcontext(copies[1]) as r: logger.info('x', about=name(r))",
    "unpacked": "for r in records:\n    r, *_ = copies[::-1]; logger.info('x', about=name(r))",
    "bound by a function within": "def inner():\n    nonlocal r\n    r = copies[2]\n"
    "for r in records: inner(); logger.info('x', about=name(r))",
    "kept by a generator": "for about in delayed(records): text(about)",
    "ahead": "it = iter(records)\nfor r in it: a = next(it, r); logger.info('x')",
    "left": "it = iter(records)\nfor r in it: break\nlogger.info('x')",
    "zip with others": "for r, t in zip(records, texts[::-1]): text(t)",
    "others while asking": "list(itertools.zip_longest(records, map(text, texts[1:])))",
    "names asked for": "for r in records: about = locals()['r']; logger.info('x', about=name(about))",
}  # fmt: skip

# Where a line may be about the loop's record or about another one, as what it says tells.
EITHER = {
    "given beside": "for r in records: beside(r, texts)",
    "copies under the same name": "for r in records:\n    for r in copies: logger.info('x', about=name(r))",
    "copies under another name": "for r in records:\n    for c in copies: logger.info('x', about=name(c))",
    "texts of all": "for r in records:\n    for t in texts: text(t)",
    "comprehension in a loop": "for r in records: [logger.info('x', about=name(r)) for r in copies]",
    "walrus": "for r in records:\n    if r := copies[0]: logger.info('x', about=name(r))",
    "match": "for r in records:\n    match copies[2]:\n        case {'messageId': n}: text(n)",
    "except": "for r in records:\n    try: raise KeyError(texts[1])\n    except KeyError as e: text(e.args[0])",
    "either": "for r in records:\n    r = r if name(r) == 'm9' else copies[0]; logger.info('x', about=name(r))",
    "of a function within": "for r in records:\n    def inner(): logger.info('x', about=name(copies[3]))\n    inner()",
    "kept": "last = 'm0'\nfor r in records: logger.info('x', about=last); last = name(r)",
    "kept in a list": "keep = ['m0']\nfor r in records: logger.info('x', about=keep[-1]); keep.append(name(r))",
    "kept in an object": "box.last = 'm0'\nfor r in records: logger.info('x', about=box.last); box.last = name(r)",
    "kept in a dictionary": "for r in records: table[name(r)] = name(r); text(table[min(table)])",
    "kept by a method": "watch.last = 'm0'\nfor r in records: watch.see(r)",
    "kept by a function": "for r in records: remember(r)",
    "first and each": "for about in doubled(records): text(about)",
}  # fmt: skip


SAID = ("x", "text", "told", "work", "beside", "last", "remembered")


def program(body: str) -> str:
    """A handler that does this with its records."""
    text = "\n".join(f"    {line}" for line in [*BEFORE, *body.splitlines()])
    return f"{HEAD}{IMPORTS}\ndef handler(event, context):\n{text}\n"


@pytest.mark.parametrize("body", OWN.values(), ids=OWN)
def test_each_line_has_the_id_of_its_record(body: str) -> None:
    """Under loops of every kind, functions, threads, tasks, and Powertools' processors."""
    lines = [line for line in lines_of(program(body)) if "about" in line]
    assert len(lines) > 1
    assert [line["correlation_id"] for line in lines] == [f"id-{line['about']}" for line in lines]
    assert not any("correlation_ids" in line for line in lines)


@pytest.mark.parametrize("body", NONE.values(), ids=NONE)
def test_a_line_of_no_certain_record_has_the_id_of_the_batch(body: str) -> None:
    """And says which records those are that it may be about."""
    lines = [line for line in lines_of(program(body)) if line["message"] in SAID]
    assert lines
    assert {line["correlation_id"] for line in lines} == {BATCH}
    assert lines[0]["correlation_ids"] == ["id-m0", "id-m1", "id-m2", "id-m3"]


@pytest.mark.parametrize("body", EITHER.values(), ids=EITHER)
def test_a_line_that_names_another_record_has_the_id_of_the_batch(body: str) -> None:
    """Whatever the code has kept, copied or bound again."""
    lines = [line for line in lines_of(program(body)) if line["message"] in SAID]
    assert wrong(lines) == []
    assert BATCH in {line["correlation_id"] for line in lines}


@pytest.mark.parametrize("body", HANDLERS.values(), ids=HANDLERS)
def test_an_odd_handler_logs_no_line_under_another_record(body: str) -> None:
    """State, callbacks, threads, tasks, generators, other orders."""
    lines = lines_of(program(body))
    assert len(lines) > 1
    assert wrong(lines) == []


@settings(SETTINGS, max_examples=60)
@given(programs())
def test_no_line_is_under_the_id_of_another_record(text: str) -> None:
    """A thousand of them are a bench (`batches`)."""
    assert wrong(lines_of(text)) == []
