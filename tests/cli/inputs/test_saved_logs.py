"""Searches in saved logs: what parts of large files give is what all of them give."""

import gzip
import random
from pathlib import Path

import pytest

from shopfast_obs.cli.inputs import saved_traces
from shopfast_obs.cli.inputs.saved_logs import SavedLogs
from shopfast_obs.cli.logs import found_in, wanted_of
from shopfast_obs.parse.logs.correlation import related
from tests.parse.logs.mixed_logs import log


def files(folder: Path) -> list[Path]:
    """Logs of several functions, one packed, one in two parts of the same name, one that is not in the order of time,
    one of records and one document."""
    dice = random.Random(11)
    mail = log(dice, "short", 30).splitlines(keepends=True)
    contents = {
        "web.log": log(dice, "tail", 40), "pay.log.gz": gzip.compress(log(dice, "sam", 40)),
        "mail.1.log": b"".join(mail[:60]), "mail.2.log": b"".join(mail[60:]),
        "old.log": log(dice, "tail", 30, order=False), "ship.log": log(dice, "records", 30),
        "raw.log": log(dice, "raw", 9),
        "api.json": b'{"events": [{"timestamp": 1772445700000, "message": "order-3 again", "logStreamName": "s"}]}',
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


@pytest.mark.parametrize("value", ["order-3", "level=CRITICAL", "order.id=7", "€", "", "nobody", "REQUEST"])
@pytest.mark.parametrize("context", [0, 2])
def test_parts_and_all_are_the_same_answer(tmp_path: Path, value: str, context: int) -> None:
    """In several files and forms at once, requests in two of them among them."""
    paths = files(tmp_path)
    if value == "REQUEST":
        value = paths[0].read_text("utf-8", "replace").partition("START RequestId: ")[2][:36]
        again = f'{{"level": "INFO", "timestamp": "2026-03-02T10:09:00Z", "of": "{value}"}}'
        paths[5].write_bytes(paths[5].read_bytes() + again.encode())
    wanted = wanted_of(value)
    expected = related(saved_traces.saved_events(paths, []), wanted, context)
    problems: list[str] = []
    assert found_in(paths, wanted, "", context, problems) == expected
    assert not problems


def test_only_parts_of_clear_files_are_read(tmp_path: Path) -> None:
    """Of a file without a hit nothing; its group is known all the same."""
    paths = files(tmp_path)[:2]
    request = paths[0].read_text("utf-8", "replace").partition("START RequestId: ")[2][:36]
    with SavedLogs(paths, lambda _: True, []) as logs:
        assert 0 < len(logs.events(wanted_of(request), 0)) < 60
    assert list(logs.groups) == ["/aws/lambda/web", "/aws/lambda/pay"]
    with SavedLogs(paths, lambda group: "pay" in group, []) as logs:
        assert not logs.events(wanted_of(request), 0)


def test_a_gzip_that_ends_in_the_middle_is_named(tmp_path: Path) -> None:
    """And searched as far as it goes."""
    file = tmp_path / "web.log.gz"
    file.write_bytes(gzip.compress(log(random.Random(1), "tail", 40))[:-40])
    problems: list[str] = []
    assert found_in([file], wanted_of("order"), "", 0, problems)
    assert "ends in the middle" in problems[0]
