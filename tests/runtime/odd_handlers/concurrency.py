"""Handlers that hand records to threads, tasks and Powertools' processors."""

CONCURRENCY = {
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
