"""Random programs that work on a batch: source text over loops, functions, threads, tasks, Powertools' processors."""

import textwrap

from hypothesis import strategies as st

from tests.runtime.batch_runs import HEAD

VARIABLES = st.sampled_from(["r", "record", "x"])
SEQUENCES = st.sampled_from(
    [
        "records",
        "event['Records']",
        "records[1:]",
        "records[::2]",
        "records[::-1]",
        "reversed(records)",
        "list(records)",
        "sorted(records, key=name, reverse=True)",
        "[y for y in records]",
        "(y for y in records)",
        "tuple(records)",
        "filter(None, records)",
        "map(lambda y: y, records)",
        "itertools.islice(records, 2)",
        "copy.deepcopy(records)",
        "json.loads(json.dumps(records))",
        "records.copy()",
        "itertools.chain(records[:1], records[1:])",
        "iter(records)",
        "[*records]",
        "records + []",
        "plain",
        "itertools.chain.from_iterable(chunks(records, 2))",
        "copies",
        "walk",
    ]
)
ALONE = st.sampled_from(
    [
        "logger.info('batch')",
        "first = records[0]; logger.info('first', about=name(first))",
        "source = records[0]['messageId']; text(source)",
        "first, *rest = records",
        "a, b = records[:2]; logger.info('a', about=name(a)); work(b)",
        "it = iter(records); a = next(it); b = next(it); logger.info('a', about=name(a))",
        "plain = list(records)",
        "list(map(work, records))",
        "[careful(y) for y in records]",
        "{name(y): text(name(y)) for y in records}",
        "[(work(y), text(name(y))) for y in reversed(records) if name(y)]",
        "with ThreadPoolExecutor(3) as pool: list(pool.map(work, records))",
        "with ThreadPoolExecutor(3) as pool: list(pool.map(anything, records))",
        "with ThreadPoolExecutor(3) as pool: list(pool.map(text, [name(y) for y in records]))",
        "with ThreadPoolExecutor(3) as pool: list(pool.map(Job.run, [Job(y) for y in records]))",
        "with ThreadPoolExecutor(3) as pool: wait([pool.submit(careful, y) for y in records])",
        "with ThreadPoolExecutor(2) as pool: list(pool.map(handled, list(SQSEvent(event).records)[:1]))",
        "jobs = [Job(y) for y in records]; [job.run() for job in jobs]",
        "calls = [functools.partial(careful, y) for y in records]; [call() for call in calls]",
        "asyncio.run(all_of([waits(y) for y in records]))",
        "asyncio.run(all_of(map(waits, records)))",
        "asyncio.run(all_of([told(name(y)) for y in records]))",
        "asyncio.run(group(records))",
        "asyncio.run(consume(records, 2))",
        "process_partial_response(event, handled, BatchProcessor(EventType.SQS, **LENIENT), context)",
        "async_process_partial_response(event, ahandled, AsyncBatchProcessor(EventType.SQS, **LENIENT), context)",
        "process_partial_response(event, handled, SqsFifoPartialProcessor(), context)",
        "for i in range(len(records)): work(records[i])",
        "for i in range(len(records)): one = records[i]; logger.info('one', about=name(one))",
        "for n, y in enumerate(records): logger.info(n, about=name(y)); text(name(y))",
        "for y, n in zip(records, range(2)): logger.info(n, about=name(y))",
        "for y, z in zip(records, records[1:]): logger.info('y', about=name(y)); text(name(z)); work(z)",
        "for y in SQSEvent(event).records: logger.info('s', about=y.message_id)",
        "for about in bodies(records): logger.info('b', about=about); text(about)",
        "for about in delayed(records): text(about)",
        "for about in doubled(records): logger.info('d', about=about)",
        "it = iter(records)\nfor y in it:\n    z = next(it, y); logger.info('y', about=name(y)); text(name(z))",
        "it = iter(records); head = next(it)\nfor y in it: logger.info('h', about=name(head)); text(name(y))",
        "it = iter(records)\nfor y in it:\n    if name(y) == 'm1': break\nlogger.info('left', about=texts[2])",
        "for y, t in zip(records, reversed(texts)): text(t); logger.info('t', about=name(y))",
        "for y, t in itertools.zip_longest(records, map(text, texts[1:])): logger.info('t', about=name(y))",
        "for y in records:\n    y = json.loads(y['body']); logger.info('body', about=f\"m{y['n']}\")",
        "for i, y in enumerate(records): logger.info('next', about=texts[i - 1]); logger.info('y', about=name(y))",
        "for chunk in chunks(records, 2):\n    for y in chunk: logger.info('c', about=name(y)); work(y)",
        "it = iter(records)\nwhile chunk := list(itertools.islice(it, 2)):\n"
        "    for y in chunk: logger.info('i', about=name(y))",
        "chunk = []\nfor y in records:\n    chunk.append(y)\n    if len(chunk) == 2:\n"
        "        for z in chunk: logger.info('k', about=name(z)); careful(z)\n        chunk.clear()",
        "seen = []\nfor y in records:\n    seen.append(y)\n    for z in seen: logger.info('z', about=name(z))",
    ]
)  # fmt: skip


def about(variable: str) -> st.SearchStrategy[str]:
    """Statements of a loop's body, on its record."""
    return st.sampled_from(
        [
            f"logger.info('inline', about=name({variable}))",
            f"text(name({variable}))",
            f"work({variable})",
            f"careful({variable})",
            f"anything({variable})",
            f"Job({variable}).run()",
            f"if name({variable}) == 'm1': break",
            f"if name({variable}) == 'm0': continue",
            f"if name({variable}) == 'm2': raise ValueError('m2')",
            f"with ThreadPoolExecutor(2) as pool: pool.submit(work, {variable}).result()",
            f"with ThreadPoolExecutor(2) as pool: pool.submit(lambda: text(name({variable}))).result()",
            f"thread = threading.Thread(target=careful, args=({variable},)); thread.start(); thread.join()",
            f"asyncio.run(waits({variable}))",
            f"(lambda: logger.info('lambda', about=name({variable})))()",
        ]
    )


def other(variable: str) -> st.SearchStrategy[str]:
    """Statements of a loop's body that bind its name to something else, or are about something kept or ahead."""
    log = f"logger.info('other', about=name({variable}))"
    return st.sampled_from(
        [
            f"for {variable} in copies: {log}",
            f"for {variable} in texts: {log}; text({variable})",
            f"for z in texts: {variable} = z; {log}",
            f"for {variable} in list(filter(None, texts)): pass\n{log}",
            "for about in texts: text(about)",
            f"[logger.info('comprehension', about=name({variable})) for {variable} in copies]",
            f"[({variable} := z) for z in copies]; {log}",
            f"(lambda {variable}: {log})(copies[1])",
            f"if {variable} := copies[0]: {log}",
            f"with contextlib.nullcontext(copies[1]) as {variable}: {log}",
            f"{variable}, *_ = copies[::-1]; {log}",
            f"z, {variable} = {variable}, texts[1]; {log}; logger.info('z', about=name(z))",
            f"{variable} = {variable} if name({variable}) == 'm0' else copies[0]; {log}",
            f"{variable} = texts[0] or {variable}; {log}",
            f"match copies[2]:\n    case {{'messageId': {variable}}}: {log}",
            "try: raise KeyError(texts[1])\nexcept KeyError as e: logger.info('e', about=e.args[0])",
            f"def inner({variable}): {log}\ninner(copies[0])",
            "def inner(): logger.info('inner', about=name(copies[3]))\ninner()",
            f"def inner():\n    nonlocal {variable}\n    {variable} = copies[2]\ninner()\n{log}",
            f"try: logger.info('kept', about=kept)\nexcept NameError: pass\nkept = name({variable})",
            f"if keep: logger.info('keep', about=keep[-1])\nkeep.append(name({variable}))",
            f"for z in keep: text(z)\nkeep += [name({variable})]",
            f"if box.last: text(box.last)\nbox.last = name({variable})",
            f"table[name({variable})] = name({variable}); text(table[min(table)])",
            f"most = max(most, name({variable})); logger.info('most', about=most)",
            f"watch.see({variable}); watch.keep({variable}); remember({variable})",
            f"beside({variable}, texts); beside({variable}, copies)",
            f"ahead = next(walk, {variable}); {log}; text(name(ahead))",
            f"call = functools.partial(text, name({variable})); calls.append(call); calls[0]()",
            "for z in bodies(copies): text(z)",
            "asyncio.run(told(texts[0]))",
        ]
    )  # fmt: skip


@st.composite
def loops(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """A loop, perhaps guarded, whose body works on its record and on whatever else."""
    variable = draw(VARIABLES)
    body = draw(st.lists(about(variable) | other(variable) | inner, min_size=1, max_size=4))
    again = [f"logger.info('again', about=name({variable}))"] if draw(st.booleans()) else []
    text = f"for {variable} in {draw(SEQUENCES)}:\n" + textwrap.indent("\n".join(body + again), "    ")
    if draw(st.booleans()):
        text = f"try:\n{textwrap.indent(text, '    ')}\nexcept BAD:\n    logger.info('caught', about=ANY)"
    return text


def function(body: str) -> str:
    """The same in a function of its own that is called at once."""
    given = "records, plain, copies, texts, keep, box, table, most, watch, walk, calls"
    return f"def step({given}):\n{textwrap.indent(body, '    ')}\nstep({given})"


BEFORE = (
    "records = event['Records']",
    "plain = list(records); copies = copy.deepcopy(plain); texts = [name(y) for y in plain]",
    "keep = []; calls = []; table = {}; most = ''",
    "box = SimpleNamespace(last=''); watch = Watch(); walk = iter(records)",
)
STATEMENTS = st.recursive(ALONE, lambda inner: loops(inner) | inner.map(function), max_leaves=6)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """The source of a module with a handler; the last line that it logs is the batch's."""
    body = draw(st.lists(STATEMENTS, min_size=1, max_size=4))
    text = "\n".join([*BEFORE, "logger.info('begin')", *body])
    guarded = f"try:\n{textwrap.indent(text, '    ')}\nexcept BAD:\n    pass\nit = walk = None\nlogger.info('end')"
    return f"{HEAD}\ndef handler(event, context):\n{textwrap.indent(guarded, '    ')}\n"
