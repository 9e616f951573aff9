"""What found lines before finds them after: metrics, filter patterns and queries, over the lines that handlers really
write before and after `instrument`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

from shopfast_obs.analysis.logs.insights.query import read_query
from shopfast_obs.analysis.logs.patterns import log_pattern
from shopfast_obs.changes import engine
from shopfast_obs.instrument.plan import for_paths
from shopfast_obs.instrument.registry import selected
from shopfast_obs.localcloud.logs.fields import record
from shopfast_obs.localcloud.logs.store import Event
from shopfast_obs.parse.logs import emf
from tests.instrument.line_forms import FORMS, QUERIES

ROOT = Path(__file__).parents[2]
MODULES = {name: f"form_{number}" for number, name in enumerate(FORMS)}
IMPORTS = "import json\nimport logging\nimport os\nimport sys\nimport traceback\n\n"
# Calls each handler in a process of its own, with the root logger as Lambda sets it up.
DRIVER = """
import importlib, json, logging, os, sys, types
import aws_lambda_powertools, boto3
sys.path.insert(0, sys.argv[1])
context = types.SimpleNamespace(
    aws_request_id="r", function_name="f", function_version="1", memory_limit_in_mb="128",
    invoked_function_arn="arn:aws:lambda:eu-west-1:1:function:f", client_context=None,
    get_remaining_time_in_millis=lambda: 30000,
)
def run(name):
    root, handler = logging.getLogger(), logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(levelname)s]\\t2026-01-01T00:00:00.000Z\\tr\\t%(message)s"))
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    importlib.import_module(name).lambda_handler({"order": "o-1", "text": '{"n": 4}'}, context)
    sys.stdout.flush()
found = {}
for name in json.loads(sys.argv[2]):
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        with open(reading) as said:
            found[name] = said.read().splitlines()
        assert os.waitpid(child, 0)[1] == 0, found[name]
    else:
        os.dup2(writing, 1)
        run(name)
        os._exit(0)
print(json.dumps(found))
"""


def lines(folder: Path) -> dict[str, list[str]]:
    """The log lines of each form, without the one that counts a cold start."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(folder), json.dumps(list(MODULES.values()))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "POWERTOOLS_TRACE_DISABLED": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    return {name: [line for line in found[module] if '"ColdStart"' not in line] for name, module in MODULES.items()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The lines before and after, with every codemod."""
    folder = tmp_path_factory.mktemp("lines")
    paths = [folder / f"{module}.py" for module in MODULES.values()]
    for path, (top, body, _) in zip(paths, FORMS.values(), strict=True):
        handler = f"def lambda_handler(event, context):\n{indent(body, '    ')}\n    return event\n"
        path.write_text(f"{IMPORTS}{top}\n\n{handler}")
    before = lines(folder)
    engine.apply(for_paths(paths, folder, selected()).plan, folder, folder / ".state")
    assert for_paths(paths, folder, selected()).plan.empty
    return before, lines(folder)


def metrics(found: list[str]) -> list[tuple[object, ...]]:
    """What CloudWatch makes of embedded metrics."""
    values = [emf.extract(line, 1_760_000_000.0) or [] for line in found]
    assert not any(isinstance(value, emf.Rejected) for value in values)
    return [
        (m.namespace, m.name, m.dimensions, m.values, m.unit)
        for value in values
        for m in value  # type: ignore[union-attr]
    ]


def rows(query: str, found: list[str]) -> list[list[tuple[str, str]]]:
    """What a query gives, without the pointers of events."""
    events = [Event(n, n, n, line, "/aws/lambda/f", "s") for n, line in enumerate(found)]
    return [
        [pair for pair in row.values if pair[0] != "@ptr"]
        for row in read_query(query).run([record("1", e) for e in events])
    ]


@pytest.mark.parametrize("name", FORMS)
def test_metrics_and_filters_find_what_they_found(
    name: str, written: tuple[dict[str, list[str]], dict[str, list[str]]]
) -> None:
    """As often."""
    before, after = (found[name] for found in written)
    assert metrics(after) == metrics(before)
    assert bool(metrics(before)) == name.startswith("emf")
    for text in FORMS[name][2]:
        pattern = log_pattern(text.removeprefix("!"))
        counts = [sum(pattern.match(line) is not None for line in found) for found in (before, after)]
        assert counts[0] == counts[1], (text, before, after)
        assert (counts[0] == 0) == text.startswith("!")


@pytest.mark.parametrize(("name", "query"), [(name, query) for name, each in QUERIES.items() for query in each])
def test_queries_give_what_they_gave(
    name: str, query: str, written: tuple[dict[str, list[str]], dict[str, list[str]]]
) -> None:
    """To the row."""
    before, after = (rows(query, found[name]) for found in written)
    assert before
    assert after == before


def test_values_are_fields_once_and_nothing_private_is(
    written: tuple[dict[str, list[str]], dict[str, list[str]]],
) -> None:
    """Beside the text, which is the message."""
    (line,) = [json.loads(line) for line in written[1]["text and a value"] if "payment" in line]
    assert (line["message"], line["order"], line["level"]) == ("payment declined", "o-1", "INFO")
    (secret,) = [json.loads(line) for line in written[1]["a secret"] if "password" in line]
    assert secret["message"] == "password o-1"
    assert "password" not in secret
    changed = [name for name in FORMS if any('"level"' in line and '"message"' in line for line in written[1][name])]
    assert len(changed) >= 15
    assert len(FORMS) >= 40
