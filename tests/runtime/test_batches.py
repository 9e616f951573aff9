"""Random programs over a batch: each line has the id of the record that it is about, or the batch's own."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.runtime.batch_programs import BATCH, HEAD, lines_of, programs, wrong

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
}

# And where it cannot be known, or no record is at hand.
NONE = {
    "before and after": "logger.info('x')\nfor r in records: work\nlogger.info('x')",
    "after a break": "for r in records: break\nlogger.info('x')",
    "after an exception": "try:\n    for r in records: json.loads('')\nexcept ValueError: pass\nlogger.info('x')",
    "a look at the first": "text(records[0]['messageId'])",
    "neighbours": "for a, b in zip(records, records[1:]): logger.info('x', about=name(a))",
    "every two": "for a in records:\n    for b in records: logger.info('x', about=name(a)) if a is not b else None",
    "asked for": "it = iter(records); a = next(it); b = next(it); logger.info('x', about=name(a))",
    "a chunk": "for chunk in chunks(records, 2): logger.info('x')",
    "copies": "for r in copy.deepcopy(records): work(r)",
    "texts in a pool": "with ThreadPoolExecutor(3) as pool: list(pool.map(text, [name(r) for r in records]))",
    "texts in tasks": "asyncio.run(all_of([told(name(r)) for r in records]))",
    "another record by index": "for r in records:\n    if name(r) != 'm0': one = records[0]; text(name(one))",
    "names asked for": "for r in records: about = locals()['r']; logger.info('x', about=name(about))",
}  # fmt: skip


def program(body: str) -> str:
    """A handler that does this with its records."""
    text = "\n".join(f"    {line}" for line in body.splitlines())
    return f"{HEAD}\ndef handler(event, context):\n    records = event['Records']\n{text}\n"


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
    lines = [line for line in lines_of(program(body)) if line["message"] in ("x", "text", "told", "work")]
    assert lines
    assert {line["correlation_id"] for line in lines} == {BATCH}
    assert lines[0]["correlation_ids"] == ["id-m0", "id-m1", "id-m2", "id-m3"]


@settings(SETTINGS, max_examples=60)
@given(programs())
def test_no_line_is_under_the_id_of_another_record(text: str) -> None:
    """A thousand of them are a bench (`batches`)."""
    assert wrong(lines_of(text)) == []
