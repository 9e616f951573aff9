"""Files of traces in blocks: whatever their size, each value is in one of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfast_obs.parse.traces import block_reader, documents
from shopfast_obs.parse.traces.blocks import Block, Unfinished, of_documents, of_lines

texts = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(['"', "\\", '}]{"[', '\\"', "é\n"])


def trace(number: int, name: str) -> dict[str, Any]:
    """A trace as BatchGetTraces has it; its name is inside a document inside the document."""
    segment = {"id": f"{number:016x}", "name": name, "start_time": number, "end_time": number + 1}
    return {"Id": f"1-{number:08x}-{number:024x}", "Segments": [{"Id": segment["id"], "Document": json.dumps(segment)}]}


def found(blocks: Iterator[Block], content: bytes) -> list[Any]:
    """The traces of all blocks, each read alone."""
    told = block_reader.Told("a")
    return [one for block in blocks for one in block_reader.traces(block, content[block.start : block.end], told)]


@given(st.lists(texts, max_size=12), st.integers(1, 900), st.sampled_from([None, 2]), st.integers(1, 4), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_trace_is_in_one_block(
    names: list[str], size: int, indent: int | None, documents_of: int, bare: bool
) -> None:
    """Answers one after the other, lists, one a line: the traces of the blocks are those of the whole file."""
    traces = [trace(number, name) for number, name in enumerate(names)]
    answers: list[Any] = [traces[place::documents_of] for place in range(documents_of)]
    if not bare:
        answers = [{"UnprocessedTraceIds": [], "Traces": some, "NextToken": "["} for some in answers]
    content = "\n".join(json.dumps(answer, indent=indent) for answer in answers).encode()
    expected = [one for answer in answers for one in documents.read([("a", json.dumps(answer).encode())]).traces]
    assert found(of_documents("a", content, size), content) == expected
    lines = b"\n".join(json.dumps(one).encode() for one in traces)
    assert found(of_lines("a", lines, size), lines) == list(documents.read([("a", lines)]).traces)


@pytest.mark.parametrize("rest", [b'{"Traces":[{"Id":"1', b"]", b"hello", b'{"a":"b'])
def test_what_ends_in_the_middle_is_named_and_what_comes_before_is_read(rest: bytes) -> None:
    """Two whole documents before it are two traces."""
    content = json.dumps([trace(1, "a")]).encode() + b"\n" + json.dumps(trace(2, "b")).encode() + b"\n"
    blocks = []
    with pytest.raises(Unfinished):
        for block in of_documents("a", content + rest, 1):
            blocks.append(block)
    assert [one.id[:10] for one in found(iter(blocks), content)] == ["1-00000001", "1-00000002"]
