"""A short run over every parser and endpoint: no crash, no hang."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fuzz.endpoints import endpoints
from tests.fuzz.interface import Target, run, within
from tests.fuzz.readers import LINES, SEGMENT, SPANS, readers
from tests.fuzz.strategies import renumbered
from tests.fuzz.wholes import wholes

COUNT = 40


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Target]]:
    """The endpoints, open."""
    with ExitStack() as stack:
        yield list(endpoints(tmp_path_factory.mktemp("fuzz"), stack))


@pytest.mark.parametrize("target", list(readers()), ids=lambda target: target.name)
def test_a_reader_refuses_what_it_cannot_read(target: Target) -> None:
    """With its own error."""
    run(target, COUNT)


@pytest.mark.parametrize("number", range(15))
def test_a_command_goes_on_past_what_it_cannot_read(tmp_path: Path, number: int) -> None:
    """From the file to what is said of it."""
    run(list(wholes(tmp_path, SEGMENT, SPANS, LINES))[number], COUNT // 2)


@pytest.mark.parametrize("number", range(8))
def test_an_endpoint_answers_whatever_comes(targets: list[Target], number: int) -> None:
    """With a refusal, not with a failure."""
    run(targets[number], COUNT)


def test_a_crash_and_a_hang_are_seen() -> None:
    """Else the others would show nothing."""

    def crash(_: str) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        run(Target("broken", next(iter(readers())).inputs, crash), 1)
    with pytest.raises(TimeoutError), within(1):
        while True:
            pass


def test_a_pattern_wider_than_its_conversion_is_found() -> None:
    """The kind that examples with damaged letters pass over: the line stays a sentence, its number is none."""
    pattern = re.compile(r"Task timed out after ([\d.]+) seconds")

    def wide(text: str) -> None:
        found = pattern.search(text)
        if found:
            float(found[1])

    with pytest.raises(ValueError, match="could not convert"):
        run(Target("wide", renumbered(LINES), wide), 2000)
