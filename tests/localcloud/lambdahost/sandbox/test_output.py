"""The stream of a sandbox's output."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfast_obs.localcloud.lambdahost.sandbox.output import LONGEST, Decoder, Record


def frame(text: str, at: int = 1_500_000) -> bytes:
    """A record as awslambdaric frames it."""
    body = text.encode()
    return b"\xa5\x5a\x00\x03" + len(body).to_bytes(4, "big") + at.to_bytes(8, "big") + body


def decode(*chunks: bytes) -> list[Record]:
    """Everything that a decoder makes of chunks."""
    decoder = Decoder()
    return [record for chunk in chunks for record in decoder.feed(chunk)] + decoder.flush()


def test_lines_and_frames() -> None:
    """A frame in the middle of a line is an event of its own, and the line goes on after it."""
    assert decode(b"one\ntw" + frame("a\nb\n") + b"o\nrest") == [
        Record("one\n"),
        Record("a\nb\n", 1.5),
        Record("two\n"),
        Record("rest\n"),
    ]


@given(st.lists(st.integers(0, 60), max_size=8))
def test_where_the_stream_is_cut_does_not_matter(cuts: list[int]) -> None:
    """Any chunks give the same records."""
    data = "é¥Z\n".encode() + frame("ünï") + b"x\r\n\n" + frame("") + b"end\n"
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    chunks = [data[a:b] for a, b in pairwise(places)]
    assert decode(*chunks) == decode(data)


@given(st.lists(st.binary(max_size=40) | st.just(b"\xa5\x5a\x00\x03\x00\x00\x00\x02"), max_size=8))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    """Binary output becomes text of some kind."""
    assert all(record.text.endswith("\n") for record in decode(*chunks))


@pytest.mark.parametrize("wrap", [frame, lambda text: text.encode() + b"\n"])
def test_an_overlong_record_is_cut_and_marked(wrap: object) -> None:
    """Memory is bounded; what follows is intact."""
    data = wrap("x" * (LONGEST + 5)) + b"next\n"  # type: ignore[operator]
    for chunks in ([data], [data[i : i + 65536] for i in range(0, len(data), 65536)]):
        first, second = decode(*chunks)
        assert first.text == "x" * LONGEST + " [cut: 5 bytes]\n"
        assert second == Record("next\n")


def test_a_frame_that_was_cut_short() -> None:
    """A write that a signal interrupted leaves a short frame before the next, or at the end."""
    assert decode(frame("hello")[:-2] + frame("b")) == [Record("hel [cut short]\n", 1.5), Record("b\n", 1.5)]
    assert decode(frame("hello")[:-2])[-1].text == "hel [cut short]\n"
