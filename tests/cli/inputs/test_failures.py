"""What went wrong in saved logs: read in blocks it is what reading every event gives."""

import gzip
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from shopfast_obs.analysis.logs.templates import TemplateBuilder
from shopfast_obs.cli.inputs.failures import failures, quick_view
from shopfast_obs.cli.inputs.platform_lines import Platform
from shopfast_obs.cli.inputs.telemetry import Files
from tests.parse.logs.mixed_logs import FORMS, log

REPORT = (
    b"2026-03-02T10:00:00Z REPORT RequestId: 8f507cfc-1234-4697-b07a-ac58fc914c95\tDuration: 1 ms\tMemory Size: 2 MB\n"
)


class WholeFiles(Files):
    """Saved logs of which every event is read."""

    @contextmanager
    def open_lines(self) -> Iterator[list[tuple[str, BinaryIO]] | None]:
        """None."""
        yield None


def is_quick(paths: list[Path]) -> bool:
    """Whether the files are read in blocks."""
    return quick_view(Files(paths, "", None), TemplateBuilder(), Platform()) is not None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_blocks_and_all_events_are_the_same_answer(tmp_path: Path, form: str, seed: int, end: str) -> None:
    """Groups, counts, first and last times, templates, and the lines around each."""
    file = tmp_path / "web.log"
    file.write_bytes(log(random.Random(seed), form, 60, end=end))
    assert failures(Files([file], "", None), compare=False) == failures(WholeFiles([file], "", None), compare=False)


@pytest.mark.parametrize("seed", range(6))
def test_requests_that_are_tried_again_and_files_of_several_functions(tmp_path: Path, seed: int) -> None:
    """One of them packed, in the forms that are read in blocks."""
    dice = random.Random(seed)
    paths = [tmp_path / "web.log", tmp_path / "pay.log.gz"]
    paths[0].write_bytes(log(dice, "tail", 80, streams=7, again=0.0))
    paths[1].write_bytes(gzip.compress(log(dice, "short", 40, streams=1, again=0.0)))
    assert is_quick(paths)
    assert failures(Files(paths, "", None), compare=False) == failures(WholeFiles(paths, "", None), compare=False)


def test_a_request_that_failed_after_it_went_well_needs_all_events(tmp_path: Path) -> None:
    """How often it was tried only the lines tell that were passed over."""
    lines = "2026-03-02T10:00:00Z START RequestId: {0} Version: 1\n2026-03-02T10:00:00Z {1}\n" * 2
    request = "8f507cfc-1234-4697-b07a-ac58fc914c95"
    report = f"REPORT RequestId: {request}\tDuration: 1 ms\tMemory Size: 128 MB\t"
    file = tmp_path / "web.log"
    first, second = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    file.write_text(first.format(request, report) + second.format(request, "[ERROR] KeyError: 'x'"))
    assert not is_quick([file])
    found = failures(Files([file], "", None), compare=False)
    assert found.groups[0].exemplars[0].attempt == 2
    file.write_text(first.format(request, report) + second.format(request.replace("8", "9"), "[ERROR] KeyError: 'x'"))
    assert is_quick([file])


@pytest.mark.parametrize(
    "more",
    [
        b"2026-03-02T09:00:00Z too late\n",
        b"2026-03-02T11:00:00+01:00 another zone\n",
        b'{"level": "ERROR", "message": "a record"}\n',
        b"[ERROR]\t2026-03-02T10:00:00.000Z\t\tof its own time\n",
        b'2026-03-02T10:00:01Z {"type": "platform.start", "record": {}}\n',
        REPORT.replace(b"Size: 2", b"Size: 1"),
        b"2026-03-02T10:00:01Z worker START RequestId: 8f507cfc-1234-4697-b07a-ac58fc914c95\n",
        b"2026-03-02T10:00:01Z \x1b[31mred\x1b[0m\n",
    ],
    ids=["order", "zone", "record", "no time before", "platform record", "another size", "names of streams", "colour"],
)
def test_lines_that_blocks_do_not_tell_are_read_whole(tmp_path: Path, more: bytes) -> None:
    """And the answer is that of all events."""
    file = tmp_path / "web.log"
    file.write_bytes(REPORT)
    assert is_quick([file])
    file.write_bytes(REPORT + more)
    assert not is_quick([file])
    assert failures(Files([file], "", None), compare=False) == failures(WholeFiles([file], "", None), compare=False)


def test_a_line_may_be_longer_than_a_block(tmp_path: Path) -> None:
    """What stands before and after it is still one line each."""
    stamp = b"2026-03-02T10:00:00Z "
    file = tmp_path / "web.log"
    file.write_bytes(stamp + b"[ERROR] first\n" + stamp + b"y" * 3_000_000 + b" ERROR\n" + stamp + b"[ERROR] last\n")
    assert is_quick([file])
    view = failures(Files([file], "", None), compare=False)
    assert view == failures(WholeFiles([file], "", None), compare=False)
    assert view.events == 3
