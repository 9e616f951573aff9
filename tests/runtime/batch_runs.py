"""Runs the source text of a handler over a batch of messages: what it may call, its lines, and those under a wrong id.

Each line that a program logs says which record it is about (`about`), or none.
"""

import json
from io import StringIO
from types import SimpleNamespace
from typing import Any

from aws_lambda_powertools import Logger

from shopfast_obs.runtime import observed

BATCH = "request-1"
BAD = (ValueError, TypeError)  # of a bad message; of a text that is taken for a record
CONTEXT = SimpleNamespace(aws_request_id=BATCH, client_context=None)
HEAD = """
import asyncio, contextlib, copy, functools, itertools, json, queue, threading
from types import SimpleNamespace
from concurrent.futures import ThreadPoolExecutor, wait
from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor, BatchProcessor, EventType, SqsFifoPartialProcessor,
    async_process_partial_response, process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes import SQSEvent

LENIENT = {'raise_on_entire_batch_failure': False}

def name(record):
    return record if isinstance(record, str) else record["messageId"]

def text(about):
    logger.info("text", about=about)
    return about

def say(message, **fields):
    logger.info(message, **fields)

def taking(queue):
    while item := queue.get():
        logger.info("taking", about=name(item))

def work(record):
    logger.info("work", about=record["messageId"])
    return record

def indirect(record, times=1):
    body = json.loads(record["body"])
    for _ in range(times):
        text(record["messageId"])
    if body["bad"]:
        raise ValueError(body)
    return body

def careful(record):
    try:
        indirect(record)
    except ValueError:
        logger.exception("failed", about=record["messageId"])

def anything(*args, **kwargs):
    careful(*args, **kwargs)
    logger.info("anything", about=args[0]["messageId"])

def handled(record):
    logger.info("handled", about=record.message_id)
    if record.json_body["bad"]:
        raise ValueError("bad")

class Job:
    def __init__(self, record):
        self.record = record
        self.name = record["messageId"]

    def run(self):
        logger.info("job", about=self.name)

async def waits(record):
    logger.info("before", about=record["messageId"])
    await asyncio.sleep(0)
    text(record["messageId"])
    await asyncio.to_thread(careful, record)
    logger.info("after", about=record["messageId"])

async def told(about):
    await asyncio.sleep(0)
    logger.info("told", about=about)

async def ahandled(record):
    await asyncio.sleep(0)
    handled(record)

async def group(records):
    async with asyncio.TaskGroup() as tasks:
        for record in records:
            tasks.create_task(waits(record))
            tasks.create_task(told(record["messageId"]))

async def consume(records, workers):
    queue = asyncio.Queue()
    async def worker():
        while True:
            item = await queue.get()
            logger.info("taken", about=item["messageId"])
            await asyncio.sleep(0)
            logger.info("done", about=item["messageId"])
            queue.task_done()
    tasks = []
    for record in records:
        if len(tasks) < workers:
            tasks.append(asyncio.create_task(worker()))
        queue.put_nowait(record)
        await asyncio.sleep(0)
    await queue.join()
    for task in tasks:
        task.cancel()

async def all_of(awaited):
    await asyncio.gather(*awaited)

class Watch:
    last = ""
    seen = []

    def see(self, record):
        logger.info("last", about=self.last)
        self.last = name(record)
        logger.info("seen", about=self.last)

    def keep(self, record):
        for item in self.seen:
            logger.info("item", about=item)
        self.seen.append(name(record))

LAST = ""

def remember(record):
    global LAST
    logger.info("remembered", about=LAST)
    LAST = name(record)

def beside(record, others):
    for record in others:
        logger.info("beside", about=name(record))

def delayed(records):
    last = None
    for record in records:
        if last:
            yield last
        last = name(record)
    yield last

def doubled(records):
    first = None
    for record in records:
        first = first or name(record)
        yield name(record)
        yield first

def bodies(records):
    for record in records:
        yield record["messageId"]

def chunks(records, size):
    chunk = []
    for record in records:
        chunk.append(record)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
"""


def batch(size: int = 4) -> dict[str, Any]:
    """An SQS event with an id for each message."""
    return {"Records": [message(number) for number in range(size)]}


def message(number: int) -> dict[str, Any]:
    """One message; the second is bad."""
    return {
        "messageId": f"m{number}",
        "receiptHandle": "h",
        "body": json.dumps({"n": number, "bad": number == 1}),
        "messageAttributes": {"correlation_id": {"stringValue": f"id-m{number}"}},
        "attributes": {"MessageGroupId": "g"},
        "eventSource": "aws:sqs",
    }


def lines_of(program: str) -> list[dict[str, Any]]:
    """What the program logs, line by line, for a batch."""
    output = StringIO()
    logger = Logger(service="batches", stream=output, level="INFO")
    logger.handlers[0].setStream(output)  # type: ignore[attr-defined]
    module: dict[str, Any] = {"__name__": "program", "logger": logger, "ANY": None, "BAD": BAD}
    exec(compile(program, "program.py", "exec", dont_inherit=True), module)
    observed(module["handler"])(batch(), CONTEXT)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def wrong(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines under the id of another record than they are about."""
    return [line for line in lines if line["correlation_id"] not in _right(line)]


def _right(line: dict[str, Any]) -> set[str]:
    of = line.get("about")
    if of:
        return {f"id-{of}", BATCH}
    return {BATCH} if line["message"] in ("begin", "end") else {BATCH, *(f"id-m{n}" for n in range(4))}
